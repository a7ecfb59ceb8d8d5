"""Security Token Service: who am I?"""

from __future__ import annotations

from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Arn, Shape


class GetCallerIdentityResult(Shape):
    user_id: str
    account: str
    arn: Arn


@operation(Access.READ, on=ANYTHING, service="sts", unrestricted=True, rest=Rest("GET", "/caller-identity"))
def get_caller_identity(call: Call) -> GetCallerIdentityResult:
    """Tell who the caller is; every authenticated caller may ask, whatever policies say."""
    principal = call.principal
    return GetCallerIdentityResult(user_id=principal.user_id, account=call.account_id, arn=principal.arn)
