"""Break-glass: whoever holds a shell on the host can let the root user in once, on record."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from accounts.breakglass.models import BreakglassLink
from accounts.breakglass.queries import digest_of
from accounts.tenancy.operator import demand_operator
from accounts.users import queries as users
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity, SignInFailed
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Sensitive, Shape, Text, Timestamp

LIFETIME = timedelta(minutes=15)
TOKEN_BYTES = 32

Token = Annotated[str, Text(43, 43, r"[A-Za-z0-9_-]+"), Sensitive]


class CreatedLink(Shape):
    """The token of a link, shown this once."""

    token: Token
    expires: Timestamp


class CreateBreakglassLinkResult(Shape):
    breakglass_link: CreatedLink


class RedeemBreakglassLinkResult(Shape):
    """Who is signed in: the unique id of the root user."""

    user_id: str
    arn: str


@operation(Access.PERMISSIONS, on=ANYTHING, service="iamconsole", rest=None, errors=(NoSuchEntity,))
def create_breakglass_link(call: Call) -> CreateBreakglassLinkResult:
    """Make a link that signs the account's root user in once within 15 minutes.

    The local operator's alone. Links made before stop working.
    """
    demand_operator(call)
    root = users.root(call.account_id)
    BreakglassLink.objects.filter(account_id=call.account_id).delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = BreakglassLink.objects.create(
        account_id=call.account_id, digest=digest_of(token), created=call.time, expires=call.time + LIFETIME
    )
    call.emit("breakglass_link", root.unique_id, "created")
    return CreateBreakglassLinkResult(breakglass_link=CreatedLink(token=token, expires=link.expires))


@operation(Access.PERMISSIONS, on=ANYTHING, service="iamconsole", rest=None, errors=(NoSuchEntity, SignInFailed))
def redeem_breakglass_link(call: Call, *, token: Token) -> RedeemBreakglassLinkResult:
    """Use a break-glass link up; a link that was used, replaced or has expired is refused.

    Sign-in asks this on behalf of the operator who made the link.
    """
    demand_operator(call)
    root = users.root(call.account_id)
    good = BreakglassLink.objects.filter(
        account_id=call.account_id, digest=digest_of(token), redeemed=None, expires__gt=call.time
    )
    if not good.update(redeemed=call.time):
        raise SignInFailed("The sign-in link was used before or has expired. Ask the operator for a new one.")
    call.emit("breakglass_link", root.unique_id, "redeemed")
    return RedeemBreakglassLinkResult(user_id=root.unique_id, arn=root.arn)
