"""What can be done with the account itself."""

from __future__ import annotations

from accounts.tenancy import summary
from accounts.tenancy.models import Account
from accounts.tenancy.queries import lock
from accounts.tenancy.shapes import (
    AccountAlias,
    GetAccountSummaryResult,
    GlobalEndpointTokenVersion,
    ListAccountAliasesResult,
)
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    EntityAlreadyExists,
    LimitExceeded,
    NoSuchEntity,
    ValidationError,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("PUT", "/account/alias/{account_alias}", status=204),
    errors=(ConcurrentModification, EntityAlreadyExists, LimitExceeded),
)
def create_account_alias(call: Call, *, account_alias: AccountAlias) -> None:
    """Give the account a name to sign in with; an account has one, and a new one replaces it."""
    if account_alias.isdigit() and len(account_alias) == 12:
        raise ValidationError("An account alias must not be twelve digits: it would read as an account id.")
    if Account.objects.filter(alias=account_alias).exclude(pk=call.account_id).exists():
        raise EntityAlreadyExists(f"The account alias {account_alias} already exists.")
    account = lock(call.account_id)
    account.alias = account_alias
    account.save(update_fields=["alias"])
    call.emit("account", account.pk, "updated")


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("DELETE", "/account/alias/{account_alias}", status=204),
    errors=(ConcurrentModification, NoSuchEntity, LimitExceeded),
)
def delete_account_alias(call: Call, *, account_alias: AccountAlias) -> None:
    """Take the account's alias away; its id keeps working."""
    account = lock(call.account_id)
    if account.alias != account_alias:
        raise NoSuchEntity(f"The account alias {account_alias} cannot be found.")
    account.alias = None
    account.save(update_fields=["alias"])
    call.emit("account", account.pk, "updated")


@operation(Access.LIST, on=ANYTHING, pages="account_aliases", rest=Rest("GET", "/account/alias"))
def list_account_aliases(
    call: Call, *, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListAccountAliasesResult:
    """List the account's alias; there is one at most, so there is never a second page."""
    alias = Account.objects.values_list("alias", flat=True).get(pk=call.account_id)
    return ListAccountAliasesResult(account_aliases=[alias] if alias and not marker else [])


@operation(Access.WRITE, on=ANYTHING, rest=Rest("PUT", "/account/sts-preferences", status=204))
def set_security_token_service_preferences(
    call: Call, *, global_endpoint_token_version: GlobalEndpointTokenVersion
) -> None:
    """Set which version of tokens STS's global endpoint issues, as GetAccountSummary shows; tokens here have one."""
    account = lock(call.account_id)
    account.token_version = int(global_endpoint_token_version[1])
    account.save(update_fields=["token_version"])
    call.emit("account", account.pk, "updated")


@operation(Access.LIST, on=ANYTHING, rest=Rest("GET", "/account/summary"))
def get_account_summary(call: Call) -> GetAccountSummaryResult:
    """Count what is in the account, beside its quotas."""
    return GetAccountSummaryResult(summary_map=summary.of(call))
