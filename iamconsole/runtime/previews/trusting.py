"""Who could assume a role who could not, and who no longer could, if its trust policy were another.

Users and roles of the account are asked with their own policies. Of others, and of services and identity providers,
only what the trust policy says is known: the policies of other accounts are theirs, and count as if they allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from accounts.roles import queries as roles
from accounts.roles import trust
from accounts.roles.models import Role
from iamconsole.audit.access import holdings
from iamconsole.audit.access.reach import ASSUME, is_given
from iamconsole.audit.history import usage
from iamconsole.kernel.call import Call
from iamconsole.runtime.decisions.answers import of_moment
from iamconsole.runtime.previews.previewing import MOST_PRINCIPALS, Asked, Preview, decided, subjects
from policies import simulator
from policies.documents.binding import bound_text
from policies.engine import Bound, Compiled, Layer, Policies, PolicyKind, Principal, PrincipalType, Source
from policies.engine import compiled as read
from policies.engine.context import Given
from policies.previews import LayerEdit, Named, Question, named_by

ACTION: Final = "iam:UpdateAssumeRolePolicy"
ASSUMING: Final = frozenset(
    {ASSUME, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"}
)
EVERYBODY: Final = "*"
ANYBODY: Final = Principal(PrincipalType.USER, "000000000000", "arn:aws:iam::000000000000:user/anybody", "")
"""Somebody whom no policy names: what `*` lets in."""
GENEROUS: Final = Policies(
    identity=(
        Bound(
            Source(id="-", type="user"),
            read('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'),
        ),
    )
)
Entry = tuple[str, str]


def preview(call: Call, request: Any) -> Preview:
    """Ask everybody whom the trust policy as it is, or as it would be, could let in."""
    role = roles.demand_modifiable(roles.find(call.account_id, request.role_name))
    text = request.policy_document
    before = _bound(role, bound_text(role.trust_policy, role.trust_bindings))
    after = _bound(role, bound_text(text, trust.checked(call, text)))
    documents = [before.compiled, after.compiled]
    facts = {**of_moment(int(call.time.timestamp())), **_facts(role)}
    inside, outside = _inside(role, documents), _outside(role, documents)
    idents = usage.most_active(call.account_id, inside)[:MOST_PRINCIPALS]
    present = subjects(call.account_id, idents)
    asked = [_asked(each.principal, {**facts, **each.facts}, each.policies, before, after) for each in present]
    asked += [_stranger(role, entry, facts, before, after) for entry in outside[:MOST_PRINCIPALS]]
    named = _named(role, documents)
    used = [each for each in usage.of_principals(call.account_id, idents, {"sts"}) if each.resource == role.arn]
    for one in asked:
        one.ask((each for each in used if each.principal_id == one.principal.unique_id), named)
    gone = len(idents) - len(present)  # a trust policy goes on naming whoever was deleted
    return decided(asked, {}, documents, of=len(inside) + len(outside) - gone, complete=named.complete)


def _bound(role: Role, text: str) -> Bound:
    return Bound(Source(id=role.arn, type="resource", arn=role.arn), read(text, PolicyKind.TRUST))


def _facts(role: Role) -> dict[str, Given]:
    spaces = ("aws", "iam")
    tags = {f"{space}:ResourceTag/{key}": value for space in spaces for key, value in role.tags.items()}
    return {"aws:ResourceAccount": role.account_id, **tags}


def _asked(
    principal: Principal, facts: Mapping[str, Given], policies: Policies, before: Bound, after: Bound, **more: Any
) -> Asked:
    was, is_now = (LayerEdit(Layer.TRUST, after=(bound,)).made_in(policies) for bound in (before, after))
    return Asked(principal, facts, was, is_now, **more)


def _named(role: Role, documents: list[Compiled]) -> Named:
    """What the documents name, of what is asked when a role is assumed; the resource is the role."""
    named = named_by(documents)
    asked = dict.fromkeys(
        replace(question, resource=role.arn) for question in named.questions if question.action in ASSUMING
    )
    asked.setdefault(Question(ASSUME, role.arn))
    return Named(tuple(asked), complete=True)


# --- whom the documents could let in ---------------------------------------------------------------------


def _entries(documents: Iterable[Compiled]) -> Iterator[Entry]:
    """The principals whom statements name, those of Deny statements too: whom they spare may come in now."""
    for document in documents:
        for statement in document.document.statements:
            yield from statement.principals


def _inside(role: Role, documents: list[Compiled]) -> set[str]:
    """The users and roles of the account by unique id: those named and, where it is left to the account, the others."""
    values = {value for kind, value in _entries(documents) if kind in ("AWS", EVERYBODY)}
    named = {value for value in values if not value.startswith("arn:") and not value.isdigit() and value != EVERYBODY}
    if EVERYBODY in values:
        return {each.holder.id for each in holdings.of_account(role.account_id) if not each.is_root}
    if not values & {role.account_id, f"arn:aws:iam::{role.account_id}:root"}:
        return named
    given = (each for each in holdings.of_account(role.account_id) if not each.is_root and is_given(each, ASSUME))
    return named | {each.holder.id for each in given}


def _outside(role: Role, documents: list[Compiled]) -> list[Entry]:
    """Those whom no policies of the account speak for: others' principals, services, providers, single sessions."""
    found = dict.fromkeys(_entries(documents))
    return [(kind, value) for kind, value in found if kind != "AWS" or _is_stranger(value, role.account_id)]


def _is_stranger(value: str, account_id: str) -> bool:
    if value.startswith("arn:"):
        return value.split(":")[4] != account_id or value.startswith("arn:aws:sts:")
    return value == EVERYBODY or (value.isdigit() and value != account_id)


def _stranger(role: Role, entry: Entry, facts: Mapping[str, Given], before: Bound, after: Bound) -> Asked:
    principal, known = _as_engine(*entry)
    return _asked(
        principal,
        {**facts, **known},
        GENEROUS,
        before,
        after,
        is_outside=principal.account != role.account_id,
        called=entry[1],
    )


def _as_engine(kind: str, value: str) -> tuple[Principal, Mapping[str, Given]]:
    """A principal by its entry, and what is sure of its requests: of a whole account's, only the account."""
    if value == EVERYBODY:
        return ANYBODY, {}
    if kind == "Service":
        return Principal(PrincipalType.SERVICE, None, "", value), {"aws:PrincipalServiceName": value}
    if kind == "Federated":
        saml = ":saml-provider/" in value
        return Principal(PrincipalType.SAML if saml else PrincipalType.WEB_IDENTITY, None, value, value), {}
    account = value.split(":")[4] if value.startswith("arn:") else value
    try:
        found = simulator.caller(value)
    except simulator.UnusableInput:
        root = f"arn:aws:iam::{account}:root"
        return Principal(PrincipalType.ROOT, account, root, account), {"aws:PrincipalAccount": account}
    return found.principal, found.facts
