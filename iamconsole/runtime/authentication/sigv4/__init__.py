"""AWS Signature Version 4, the verifying side: parse what a request presents, then verify it.

    presented = parse(request)                    None: the request presents no AWS signature
    secret = ...                                  the caller looks up presented.access_key_id
    verify(presented, request, secret=secret, services=frozenset({"iam", "sts"}), now=now)

Pure: no clock, no storage. Source: the IAM user guide, "AWS Signature Version 4 for API requests".
"""

from .keys import SigningKeys, derive_signing_key
from .parsing import parse
from .presented import Presented
from .request import SignedRequest
from .verification import verify, verify_with

__all__ = ["Presented", "SignedRequest", "SigningKeys", "derive_signing_key", "parse", "verify", "verify_with"]
