"""Validation: what is wrong with a policy, what is dangerous, and what could be better. Engine times catalogue."""

from policies.validation import checks as checks
from policies.validation.codes import SEVERITIES
from policies.validation.finding import Finding, Severity
from policies.validation.run import findings

__all__ = ["SEVERITIES", "Finding", "Severity", "findings"]
