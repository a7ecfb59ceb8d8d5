"""The engine's refusals as issues, for what no check has reported."""

from typing import Final

from policies.engine import MalformedPolicy, faults
from policies.validation.finding import Issue

_CODES: Final = {
    faults.VERSION: "INVALID_VERSION",
    faults.SID_UNIQUE: "UNIQUE_SIDS_REQUIRED",
    faults.SID_CHARACTERS: "UNSUPPORTED_SID",
    faults.NO_ACTIONS: "MISSING_ACTION",
    faults.NO_RESOURCES: "MISSING_RESOURCE",
    faults.NO_VENDOR: "INVALID_SERVICE_IN_ACTION",
    faults.TWO_COLONS: "INVALID_ACTION",
    faults.PRINCIPAL_PROHIBITED: "UNSUPPORTED_PRINCIPAL",
    faults.PRINCIPAL_MISSING: "MISSING_PRINCIPAL",
    faults.TRUST_ACTIONS: "UNSUPPORTED_ACTION_IN_POLICY",
    faults.RESOURCE_VENDOR: "INVALID_SERVICE",
}
_BY_ELEMENT: Final = {
    "Action": "INVALID_ACTION",
    "NotAction": "INVALID_ACTION",
    "Resource": "INVALID_ARN_RESOURCE",
    "NotResource": "INVALID_ARN_RESOURCE",
    "Principal": "INVALID_PRINCIPAL_FORMAT",
    "NotPrincipal": "INVALID_PRINCIPAL_FORMAT",
}
_OTHERWISE: Final = "DATA_TYPE_MISMATCH"
_HELP: Final = "change it: a policy like this cannot be saved"


def issue(fault: MalformedPolicy) -> Issue:
    """The issue that comes closest to a refusal."""
    element = next((step for step in fault.path if step in _BY_ELEMENT), None)
    code = _CODES.get(str(fault)) or _BY_ELEMENT.get(str(element), _OTHERWISE)
    return Issue(code, fault.path, fault.detail, _HELP)
