"""Users, groups, roles, workloads and identity providers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from django.contrib.auth.hashers import make_password

from accounts.federation.identifiers import federation_id
from accounts.models import (
    Group,
    InstanceProfile,
    Membership,
    OpenIDConnectProvider,
    Role,
    SAMLProvider,
    User,
    Workload,
)
from accounts.workloads.models import HOSTS
from iamconsole.storage.identifiers import Prefix
from tests.support.company.rows import Rows, put, share
from tests.support.tenants import PASSWORD

TEAMS = ("blue", "green", "red", "research", "sales")
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com")


def groups(rows: Rows, count: int) -> list[Group]:
    return put(Group, (Group(**rows.fields(Prefix.GROUP, "group", n)) for n in range(count)))


def users(rows: Rows, count: int, groups: Sequence[Group]) -> list[User]:
    """Users with tags, each in two groups; every other one is in devs too, and ada in ten."""
    hashed = make_password(PASSWORD)
    made = put(
        User,
        (
            User(
                **rows.fields(Prefix.USER, "user", n),
                password=hashed,
                tags={"team": TEAMS[n % len(TEAMS)], "cost-centre": str(n % 40)},
            )
            for n in range(count)
        ),
    )
    devs, ada = rows.row(Group, "devs"), rows.row(User, "ada")
    pairs = [(user, group) for n, user in enumerate(made) for group in share(groups, n, 2)]
    pairs += [(user, devs) for user in made[::2]]
    pairs += [(ada, group) for group in share(groups, 0, 10)]
    put(
        Membership,
        (
            Membership(account_id=rows.account_id, user=user, group=group, created=rows.ago(n, days=300))
            for n, (user, group) in enumerate(pairs)
        ),
    )
    return made


def roles(rows: Rows, count: int) -> list[Role]:
    """Roles that services, users and identity providers may assume, some of them by instance profiles."""
    made = put(
        Role,
        (
            Role(
                **rows.fields(Prefix.ROLE, "role", n),
                description="A job of the night",
                trust_policy=json.dumps(_trust(rows, n)),
                tags={"team": TEAMS[n % len(TEAMS)]},
                last_used=rows.ago(n, days=200) if n % 3 else None,
            )
            for n in range(count)
        ),
    )
    profiles = (
        InstanceProfile(**rows.fields(Prefix.INSTANCE_PROFILE, "profile", n), role=role)
        for n, role in enumerate(made[::2])
    )
    put(InstanceProfile, profiles)
    reader = rows.row(Role, "reader")
    more = (InstanceProfile(**rows.fields(Prefix.INSTANCE_PROFILE, "reader", n), role=reader) for n in range(2))
    put(InstanceProfile, more)
    return made


def _trust(rows: Rows, number: int) -> dict[str, object]:
    account = rows.account_id
    principal, action = (
        ({"Service": SERVICES[number % 3]}, "sts:AssumeRole"),
        ({"AWS": f"arn:aws:iam::{account}:root"}, "sts:AssumeRole"),
        ({"Federated": f"arn:aws:iam::{account}:saml-provider/Corp"}, "sts:AssumeRoleWithSAML"),
        ({"Federated": f"arn:aws:iam::{account}:oidc-provider/idp.example.com"}, "sts:AssumeRoleWithWebIdentity"),
    )[number % 4]
    statement = {"Sid": f"Trust{number}", "Effect": "Allow", "Principal": principal, "Action": action}
    return {"Version": "2012-10-17", "Statement": [statement]}


def workloads(rows: Rows, roles: Sequence[Role]) -> None:
    """Hosts on the profiles that there are."""
    profiles = list(InstanceProfile.objects.filter(account_id=rows.account_id, role__in=list(roles)))
    put(
        Workload,
        (
            Workload(
                **rows.fields(Prefix.ROLE, "host", n) | {"unique_id": f"i-{secrets.token_hex(8)}0"},
                service=HOSTS,
                instance_profile=profile,
                key_hash="-",
                key_created=rows.ago(n, days=300),
                last_used=rows.ago(n, days=60),
            )
            for n, profile in enumerate(profiles)
        ),
    )


def providers(rows: Rows, count: int) -> None:
    """Identity providers of both kinds; those of SAML know the metadata of the one that was here before."""
    put(
        OpenIDConnectProvider,
        (
            OpenIDConnectProvider(
                account_id=rows.account_id,
                unique_id=federation_id(),
                url=f"https://{rows.name('idp', n)}.example.com",
                name=f"{rows.name('idp', n)}.example.com",
                client_ids=["app", "console"],
                created=rows.ago(n, days=900),
            )
            for n in range(count)
        ),
    )
    known = rows.row(SAMLProvider, "Corp")
    put(
        SAMLProvider,
        (
            SAMLProvider(
                **rows.fields(Prefix.ROLE, "corp", n) | {"unique_id": federation_id()},
                metadata=known.metadata,
                valid_until=known.valid_until,
            )
            for n in range(count)
        ),
    )
