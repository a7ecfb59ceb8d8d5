"""The guard of the Query door's tests holds here too."""

from tests.query.conftest import faults_are_declared as faults_are_declared
