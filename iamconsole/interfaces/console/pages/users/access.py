"""A second factor demanded of users, by a policy that denies everything else without one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.bulk import Skipped
from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.bulk.attaching import has
from iamconsole.interfaces.console.pages.kinds import USER
from iamconsole.interfaces.console.pages.policies.requiring_mfa import DESCRIPTION, REQUIRE_MFA, mfa_document
from iamconsole.interfaces.console.pages.users.delete import is_oneself
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.sessions import MFA_PRESENT

LOCKED_OUT = _("This is you, signed in without a second factor: you would be locked out. Set one up first.")


def mfa_policy_arn(visit: Visit) -> str:
    return f"arn:aws:iam::{visit.call.account_id}:policy/{REQUIRE_MFA}"


def mfa_policy(visit: Visit, _data: Data) -> list[Item]:
    """The operation that makes the policy, where it is not there yet."""
    if visit.look("iam:GetPolicy", policy_arn=mfa_policy_arn(visit)):
        return []
    made = {"policy_name": REQUIRE_MFA, "description": DESCRIPTION, "policy_document": mfa_document()}
    return [("iam:CreatePolicy", made)]


def new_mfa_policy(visit: Visit, data: Data) -> str:
    """Its text, where it is made."""
    return mfa_document() if mfa_policy(visit, data) else ""


def told_of_mfa(visit: Visit, data: Data) -> list[Any]:
    named = {"name": REQUIRE_MFA}
    made = _("The customer managed policy %(name)s is created: it denies all but setting up a second factor.")
    present = _("The policy %(name)s is there already and is attached as it stands: read it before you go on.")
    return [
        (made if mfa_policy(visit, data) else present) % named,
        _("Access keys alone do nothing any more for these users; sts get-session-token with a code does."),
    ]


def requiring_mfa(visit: Visit, name: str, _data: Data) -> list[Item]:
    if is_oneself(visit, name) and visit.call.principal.session.get(MFA_PRESENT) != "true":
        raise Skipped(LOCKED_OUT)
    arn = mfa_policy_arn(visit)
    attached = has(visit, USER, name, arn)
    return [] if attached else [("iam:AttachUserPolicy", {"user_name": name, "policy_arn": arn})]
