"""Managed policies, where they are attached, inline policies and boundaries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from accounts.models import Attachment, Group, InlinePolicy, Role, User
from iamconsole.storage.identifiers import Prefix
from policies.models import ManagedPolicy, PolicyVersion
from tests.support.company.rows import Rows, put, share

VERBS = ("Get", "List", "Put", "Delete", "Create", "Update")


def document(number: int, *, version: int = 1) -> str:
    """Three statements, different for each number and version."""
    statements = [
        {
            "Sid": f"Part{part}",
            "Effect": "Deny" if part == 2 and number % 10 == 0 else "Allow",
            "Action": [f"s3:{VERBS[(number + part) % 6]}Object", f"sqs:{VERBS[(number + version) % 6]}*"],
            "Resource": f"arn:aws:s3:::bucket-{number}-{part}/*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"t{number % 7}"}} if part == 1 else {},
        }
        for part in range(3)
    ]
    kept = [{key: value for key, value in each.items() if value} for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": kept}, indent=2)


def policies(rows: Rows, count: int) -> list[ManagedPolicy]:
    """Policies of two versions, the newer of which counts."""
    made = put(
        ManagedPolicy,
        (
            ManagedPolicy(
                **rows.fields(Prefix.MANAGED_POLICY, "policy", n),
                description="What a team may do",
                default_version=2,
                last_version=2,
                updated=rows.ago(n, days=100),
            )
            for n in range(count)
        ),
    )
    put(
        PolicyVersion,
        (
            PolicyVersion(
                account_id=rows.account_id,
                policy=policy,
                number=number,
                document=document(n, version=number),
                created=policy.created,
            )
            for n, policy in enumerate(made)
            for number in (1, 2)
        ),
    )
    return made


def attach(
    rows: Rows,
    policies: Sequence[ManagedPolicy],
    *,
    users: Sequence[User],
    groups: Sequence[Group],
    roles: Sequence[Role],
) -> None:
    """Each group has three policies, each role two, every third user one; Reports is everywhere a little."""
    reports = rows.row(ManagedPolicy, "Reports")
    used = policies[: max(2, len(policies) * 9 // 10)]  # the rest is attached nowhere
    pairs: list[tuple[dict[str, Any], ManagedPolicy]] = []
    pairs += [({"group": group}, policy) for n, group in enumerate(groups) for policy in share(used, n, 3)]
    pairs += [({"role": role}, policy) for n, role in enumerate(roles) for policy in share(used, n, 2)]
    pairs += [({"user": user}, used[n % len(used)]) for n, user in enumerate(users) if n % 3 == 0]
    pairs += [({"user": user}, reports) for user in users[::10]]
    pairs += [({"role": role}, reports) for role in roles[::10]]
    pairs += [
        ({kind: rows.row(model, name)}, policy)
        for kind, model, name in (("user", User, "ada"), ("group", Group, "devs"), ("role", Role, "reader"))
        for policy in used[: min(4, len(used) // 4)]
    ]
    put(
        Attachment,
        (
            Attachment(account_id=rows.account_id, policy=policy, created=rows.ago(n, days=300), **owner)
            for n, (owner, policy) in enumerate(pairs)
        ),
    )
    put(InlinePolicy, _inline(rows, users, groups, roles))
    bounded = users[1::20]
    for user in bounded:
        user.boundary = reports
    User.objects.filter(account_id=rows.account_id).bulk_update(bounded, ["boundary"], batch_size=200)


def _inline(
    rows: Rows, users: Sequence[User], groups: Sequence[Group], roles: Sequence[Role]
) -> Iterator[InlinePolicy]:
    """Two texts that many have, so that documents are shared as they are in companies."""
    for kind, owners in (("user", users[::5]), ("group", groups[::2]), ("role", roles[::2])):
        for n, owner in enumerate(owners):
            yield InlinePolicy(
                account_id=rows.account_id,
                name="own",
                document=document(n % 2),
                updated=rows.ago(n, days=300),
                **{kind: owner},
            )
