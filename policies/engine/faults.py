"""A fault of a document before its place in the text is known, and AWS's sentences for it."""

from typing import Final

from policies.engine.errors import Path

SYNTAX: Final = "Syntax errors in policy."
VERSION: Final = "Policy document must be version 2012-10-17 or greater."
LEGACY: Final = "The policy failed legacy parsing"
SID_UNIQUE: Final = "Statement IDs (SID) in a single policy must be unique."
SID_CHARACTERS: Final = (
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
)
NO_ACTIONS: Final = "Policy statement must contain actions."
NO_RESOURCES: Final = "Policy statement must contain resources."
NO_VENDOR: Final = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
TWO_COLONS: Final = "Actions/Condition can contain only one colon."
PRINCIPAL_PROHIBITED: Final = "Policy document should not specify a principal."
PRINCIPAL_MISSING: Final = "Missing required field Principal"
TRUST_ACTIONS: Final = (
    "Trust Policy statement actions can only be "
    "sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity"
)
ORGANIZATION_TYPE: Final = "The provided policy document does not meet the requirements of the specified policy type."
RESOURCE_VENDOR: Final = "Resource vendor must be fully qualified and cannot contain regexes."


class Fault(Exception):
    """AWS's `message`, our `detail`, and the path of the element (or, for what is no JSON, the offset)."""

    def __init__(self, message: str, detail: str, path: Path, *, offset: int | None = None) -> None:
        super().__init__(message)
        self.message, self.detail, self.path, self.offset = message, detail, path, offset
