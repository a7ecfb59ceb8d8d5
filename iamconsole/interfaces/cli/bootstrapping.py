"""Opening an account, or finding it, with an administrator.

Each step looks at what is there, so a second call completes what a first one did not. What is missing is made in one
transaction of audited operations: no secret is ever stored that could not be printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from accounts.tenancy import queries as tenancy
from accounts.users import queries as users
from iamconsole.interfaces.cli import generated, operator
from iamconsole.kernel.errors import EntityAlreadyExists, NoSuchEntity
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.runtime.batch import ItemOutcome, execute_batch

GROUP = "Administrators"
POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
NO_SECRETS = "the account was here already: its secrets were printed when they were made, and cannot be shown again"
NEW_SECRETS = "the account was here already: only what was missing was made, and its secrets are shown this once"
SECRETS = ("Password", "SecretAccessKey")

Step = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an installation shall have; what is left empty is generated."""

    alias: str
    account_id: str = ""
    root_email: str = ""
    root_password: str = field(default="", repr=False)
    root_access_key: bool = False
    admin: str = ""


def bootstrap(wanted: Wanted) -> dict[str, Any]:
    """Make what is missing and tell what there is; secrets are in the answer only where this call made them.

    A Fault where the alias, id or e-mail address belongs to something else.
    """
    account_id, is_new = _account(wanted)
    root_password = wanted.root_password or generated.password()
    made = _perform(account_id, [*_opening(wanted, root_password, is_new=is_new), *_admin_steps(wanted, account_id)])
    report: dict[str, Any] = {
        "AccountId": account_id,
        "AccountAlias": wanted.alias,
        "ConsoleUrl": f"{settings.IAM_PUBLIC_URL}/console/",
        "Created": is_new,
        "Root": {"Email": users.root(account_id).email},
    }
    if is_new:
        report["Root"]["Password"] = root_password
    if wanted.root_access_key:
        report["Root"] |= _root_key(account_id)
    if wanted.admin:
        report["Admin"] = _admin(account_id, wanted.admin, made)
    if not is_new:
        report["Message"] = NEW_SECRETS if has_secrets(report) else NO_SECRETS
    return report


def has_secrets(report: Mapping[str, Any]) -> bool:
    """Whether a report holds anything that must be kept now."""
    return any(name in report.get(who, ()) for who in ("Root", "Admin") for name in SECRETS)


def _account(wanted: Wanted) -> tuple[str, bool]:
    """The account's id and whether it must be opened."""
    by_alias = tenancy.find(wanted.alias)
    by_id = tenancy.find(wanted.account_id) if wanted.account_id else by_alias
    if by_alias is not None and wanted.account_id not in ("", by_alias.pk):
        raise EntityAlreadyExists(
            f"The account alias {wanted.alias} belongs to {by_alias.pk}, not {wanted.account_id}."
        )
    if by_id is not None and by_id.alias != wanted.alias:
        raise EntityAlreadyExists(f"The account {by_id.pk} is called {by_id.alias}, not {wanted.alias}.")
    if by_id is not None:
        return by_id.pk, False
    return wanted.account_id or generated.account_id(lambda number: tenancy.find(number) is not None), True


def _opening(wanted: Wanted, root_password: str, *, is_new: bool) -> Iterator[Step]:
    if is_new:
        email = wanted.root_email or f"root@{wanted.alias}.localhost"
        root = {"RootEmail": email, "RootPassword": root_password}
        yield "iamconsole:CreateAccount", {"AccountAlias": wanted.alias, **root}


def _admin_steps(wanted: Wanted, account_id: str) -> Iterator[Step]:
    """What is missing for the administrator, in order."""
    if not wanted.admin:
        return
    user, group = {"UserName": wanted.admin}, {"GroupName": GROUP}
    if _found(account_id, "iam:GetGroup", group) is None:
        yield "iam:CreateGroup", group
    attached = _found(account_id, "iam:ListAttachedGroupPolicies", group)
    if attached is None or POLICY not in [policy.policy_arn for policy in attached.attached_policies]:
        yield "iam:AttachGroupPolicy", {**group, "PolicyArn": POLICY}
    if _found(account_id, "iam:GetUser", user) is None:
        yield "iam:CreateUser", user
    groups = _found(account_id, "iam:ListGroupsForUser", user)
    if groups is None or GROUP.lower() not in [found.group_name.lower() for found in groups.groups]:
        yield "iam:AddUserToGroup", {**user, **group}
    if _found(account_id, "iam:GetLoginProfile", user) is None:
        yield "iam:CreateLoginProfile", {**user, "Password": generated.password()}
    keys = _found(account_id, "iam:ListAccessKeys", user)
    if keys is None or not keys.access_key_metadata:
        yield "iam:CreateAccessKey", user


def _found(account_id: str, action: str, members: Mapping[str, Any]) -> Any:
    """The answer to a question, or None where what it asks for does not exist."""
    try:
        return operator.run(account_id, action, **members)
    except NoSuchEntity:
        return None


def _perform(account_id: str, steps: list[Step]) -> dict[str, tuple[dict[str, Any], Any]]:
    """Run the steps, all or none; gives the input and the result of each by its action."""
    if not steps:
        return {}
    items = [(REGISTRY[action], raw) for action, raw in steps]
    if items[0][0].name == "CreateAccount":  # nothing after it makes sense in an account that cannot be opened
        _demand_all(execute_batch(operator.call(account_id), items[:1], dry_run=True))
    outcomes = execute_batch(operator.call(account_id), items)
    _demand_all(outcomes)
    return {action: (raw, outcome.result) for (action, raw), outcome in zip(steps, outcomes, strict=True)}


def _demand_all(outcomes: Iterable[ItemOutcome]) -> None:
    for outcome in outcomes:
        if outcome.fault is not None:
            raise outcome.fault


def _admin(account_id: str, name: str, made: Mapping[str, tuple[dict[str, Any], Any]]) -> dict[str, Any]:
    user = operator.run(account_id, "iam:GetUser", UserName=name).user
    admin: dict[str, Any] = {"UserName": user.user_name, "Arn": user.arn}
    if "iam:CreateLoginProfile" in made:
        admin["Password"] = made["iam:CreateLoginProfile"][0]["Password"]
    if "iam:CreateAccessKey" in made:
        return admin | _shown(made["iam:CreateAccessKey"][1].access_key)
    keys = operator.run(account_id, "iam:ListAccessKeys", UserName=name).access_key_metadata
    return admin | {"AccessKeyId": keys[0].access_key_id}


def _root_key(account_id: str) -> dict[str, str]:
    """An access key of the root user, made by himself: he has no user name that an operator could give."""
    root = operator.call(account_id, of_user(users.root(account_id)))
    keys = operator.run_as(root, "iam:ListAccessKeys").access_key_metadata
    if keys:
        return {"AccessKeyId": keys[0].access_key_id}
    return _shown(operator.run_as(root, "iam:CreateAccessKey").access_key)


def _shown(key: Any) -> dict[str, str]:
    return {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key}
