"""Account properties: settings of account-wide features, named `Namespace/PropertyName`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.tenancy.models import AccountProperty
from accounts.tenancy.queries import lock
from accounts.tenancy.shapes import GetAccountPropertiesResult, Properties, PutAccountPropertiesResult
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, InvalidInput
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import Resource, ResourceType

MAX_PROPERTIES = 100  # an account; AWS names no number
NAMESPACES = "iam:AccountPropertyNamespaces"


def _stored(account_id: str) -> dict[str, str]:
    rows = AccountProperty.objects.filter(account_id=account_id).order_by("name")
    return dict(rows.values_list("name", "value"))


def _resource(call: Call, names: Iterable[str]) -> Resource:
    namespaces = tuple(sorted({name.partition("/")[0] for name in names}))
    return Resource(arn="*", account_id=call.account_id, facts={NAMESPACES: namespaces} if namespaces else {})


def _present(call: Call, _request: Any) -> Resource:
    return _resource(call, _stored(call.account_id))


def _given(call: Call, request: Any) -> Resource:
    return _resource(call, request.properties)


PRESENT = ResourceType("*", "*", _present)
GIVEN = ResourceType("*", "*", _given)


@operation(Access.READ, on=PRESENT, rest=Rest("GET", "/account/properties"), errors=(InvalidInput,))
def get_account_properties(call: Call) -> GetAccountPropertiesResult:
    """Show the account's properties."""
    return GetAccountPropertiesResult(properties=_stored(call.account_id))


@operation(
    Access.WRITE,
    on=GIVEN,
    rest=Rest("PUT", "/account/properties"),
    errors=(InvalidInput, ConcurrentModification),
)
def put_account_properties(call: Call, *, properties: Properties) -> PutAccountPropertiesResult:
    """Set properties of one namespace, named `Namespace/PropertyName`; those that are not given stay.

    They are kept as given: no feature of this installation has properties of its own.
    """
    _check(properties)
    account = lock(call.account_id)
    if len(_stored(account.pk).keys() | properties.keys()) > MAX_PROPERTIES:
        raise InvalidInput(f"An account can have at most {MAX_PROPERTIES} properties.")
    AccountProperty.objects.bulk_create(
        (AccountProperty(account=account, name=name, value=value) for name, value in properties.items()),
        update_conflicts=True,
        unique_fields=["account", "name"],
        update_fields=["value"],
    )
    call.emit("account", account.pk, "updated")
    return PutAccountPropertiesResult()


def _check(properties: Mapping[str, str]) -> None:
    """InvalidInput where a name has not two parts, or the names not one namespace."""
    if not properties:
        raise InvalidInput("Properties must name at least one property.")
    for name, value in properties.items():
        if name.count("/") != 1 or name.endswith("/"):
            raise InvalidInput(f"The property key {name} must have the form Namespace/PropertyName.")
        if not value.isprintable():
            raise InvalidInput(f"The value of {name} must have printable characters alone.")
    if len({name.partition("/")[0] for name in properties}) > 1:
        raise InvalidInput("All properties in a request must belong to the same namespace.")
