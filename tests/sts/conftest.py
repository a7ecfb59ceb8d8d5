"""The guard of the Query door's tests: an operation refuses with a fault it declares."""

from tests.query.conftest import faults_are_declared as faults_are_declared  # a fixture
