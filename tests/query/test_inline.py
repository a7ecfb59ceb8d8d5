"""Inline policies of users, groups and roles."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.query.aws import ANYTHING, allow, document, limit, refused
from tests.query.test_attachments import KINDS, MEMBER, owner
from tests.query.test_policies import TEXTS
from tests.support.tenants import Tenant


@pytest.mark.parametrize("kind", KINDS)
def test_policies_are_written_shown_replaced_and_deleted(iam: Any, kind: str) -> None:
    mine = owner(iam, kind)
    put, get = getattr(iam, f"put_{kind}_policy"), getattr(iam, f"get_{kind}_policy")
    put(**mine, PolicyName="b", PolicyDocument=ANYTHING)
    put(**mine, PolicyName="a", PolicyDocument=ANYTHING)
    put(**mine, PolicyName="a", PolicyDocument=document(allow("iam:ListUsers")))
    assert getattr(iam, f"list_{kind}_policies")(**mine)["PolicyNames"] == ["a", "b"]
    shown = get(**mine, PolicyName="a")
    assert (shown[MEMBER[kind]], shown["PolicyName"]) == ("x", "a")
    assert shown["PolicyDocument"]["Statement"][0]["Action"] == "iam:ListUsers"
    getattr(iam, f"delete_{kind}_policy")(**mine, PolicyName="a")
    for ask in (get, getattr(iam, f"delete_{kind}_policy")):
        with refused("NoSuchEntity", f"The {kind} policy with name a cannot be found."):
            ask(**mine, PolicyName="a")
    assert getattr(iam, f"list_{kind}_policies")(**mine)["PolicyNames"] == ["b"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_owner_must_exist_and_the_document_be_one(iam: Any, kind: str) -> None:
    put = getattr(iam, f"put_{kind}_policy")
    with refused("NoSuchEntity", f"The {kind} with name nobody cannot be found."):
        put(**{MEMBER[kind]: "nobody"}, PolicyName="p", PolicyDocument=ANYTHING)
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        put(**owner(iam, kind), PolicyName="p", PolicyDocument='{"Statement":')


@pytest.mark.parametrize("kind", KINDS)
def test_the_sizes_of_all_policies_together_are_limited(iam: Any, kind: str, tenant: Tenant) -> None:
    mine = owner(iam, kind)
    put = getattr(iam, f"put_{kind}_policy")
    size = len(ANYTHING.replace(" ", ""))
    limit(tenant, f"{kind.capitalize()}PolicySize", 2 * size)
    put(**mine, PolicyName="a", PolicyDocument=ANYTHING + "\n" * 500)
    put(**mine, PolicyName="b", PolicyDocument=ANYTHING)
    put(**mine, PolicyName="b", PolicyDocument=ANYTHING)
    with refused("LimitExceeded", f"Maximum policy size of {2 * size} bytes exceeded for {kind} x"):
        put(**mine, PolicyName="c", PolicyDocument=ANYTHING)
    with refused("LimitExceeded"):
        put(**mine, PolicyName="a", PolicyDocument=document(allow("iam:ListUsers")))


@pytest.mark.parametrize("text", TEXTS)
def test_a_document_comes_back_byte_for_byte(iam: Any, text: str) -> None:
    raw: list[Any] = []
    iam.meta.events.register("before-parse.iam.GetUserPolicy", lambda response_dict, **_: raw.append(response_dict))
    iam.put_user_policy(UserName="admin", PolicyName="p", PolicyDocument=text)
    iam.get_user_policy(UserName="admin", PolicyName="p")
    assert f"<PolicyDocument>{quote(text, safe='-_.~')}</PolicyDocument>".encode() in raw[0]["body"]


def test_a_right_is_gone_with_the_policy_from_the_next_call_on(iam: Any, tenant: Tenant) -> None:
    ada = tenant.client("iam", tenant.user("ada", document(allow("iam:ListUsers"))))
    ada.list_users()
    iam.put_user_policy(UserName="ada", PolicyName="p0", PolicyDocument=document(allow("iam:ListRoles")))
    with refused("AccessDenied"):
        ada.list_users()
    ada.list_roles()
    iam.delete_user_policy(UserName="ada", PolicyName="p0")
    with refused("AccessDenied"):
        ada.list_roles()
