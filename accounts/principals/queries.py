"""Who the Principal elements of a document name: bound by unique id, and as they are called now."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.roles.models import Role
from accounts.tenancy.models import Account
from accounts.users.models import User
from iamconsole.kernel.errors import MalformedPolicyDocument
from iamconsole.storage.named import name_key
from policies.documents.binding import bound_text
from policies.engine import Document

KINDS: dict[str, type[User | Role]] = {"user": User, "role": Role}


def bindings(document: Document) -> dict[str, str]:
    """The unique id of every user and role that a document names, by ARN; three queries, however many it names.

    MalformedPolicyDocument where it names somebody unknown in an account that is kept here; accounts kept elsewhere
    cannot be looked into.
    """
    named = {
        value
        for statement in document.statements
        for kind, value in (*statement.principals, *statement.not_principals)
        if kind == "AWS" and _is_entity(value)
    }
    accounts = set(Account.objects.filter(pk__in={_account(arn) for arn in named}).values_list("pk", flat=True))
    wanted = sorted(arn for arn in named if _account(arn) in accounts)
    present = _present(wanted)
    for arn in wanted:
        if arn not in present:
            raise MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{arn}"')
    return {arn: present[arn] for arn in wanted}


def as_called_now(text: str, bound: Mapping[str, str]) -> str:
    """A document with each bound user and role under the ARN it has now; under its unique id once it is deleted."""
    ids = set(bound.values())
    why = "a document may name principals of other accounts, and shows them by ARN"
    called = {
        row.unique_id: row.arn
        for model in KINDS.values()
        for row in model.objects.across_accounts(why).filter(unique_id__in=ids)
    }
    return bound_text(text, {arn: called.get(unique_id, unique_id) for arn, unique_id in bound.items()})


def _is_entity(value: str) -> bool:
    parts = value.split(":", 5)
    return len(parts) == 6 and parts[2] == "iam" and parts[5].split("/")[0] in KINDS


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _present(arns: list[str]) -> dict[str, str]:
    """Those of the ARNs that somebody has, with the unique id."""
    found: dict[str, str] = {}
    for kind, model in KINDS.items():
        of_kind = [arn for arn in arns if arn.split(":", 5)[5].startswith(f"{kind}/")]
        if of_kind:
            accounts = {_account(arn) for arn in of_kind}
            names = {name_key(arn.rsplit("/", 1)[1]) for arn in of_kind}
            rows = model.objects.filter(account_id__in=accounts, name_key__in=names)
            found |= {row.arn: row.unique_id for row in rows}
    return found
