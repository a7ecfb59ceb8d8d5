"""The home region compared with the account tables: whether every row is what its thing's own tables say."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.tenancy.models import Account
from accounts.tokens.models import BearerToken
from iamconsole.kernel import clock
from iamconsole.kernel.call import Change
from iamconsole.replication import log
from iamconsole.replication.models import ProjectedRow
from iamconsole.replication.projection import projector
from iamconsole.replication.projection.projector import Projection
from iamconsole.replication.regions import store
from iamconsole.replication.regions.digests import Findings
from iamconsole.replication.snapshots import snapshot

TOKEN = "token"  # noqa: S105  (a kind of row)


def verify() -> Findings:
    """Compare every row, account by account, each as of one moment."""
    found = Findings(store.home())
    for account_id in _accounts():
        with snapshot():
            _note(found, account_id)
    return found


def repair() -> Findings:
    """Project anew the accounts where anything differs, under a change of their own, and compare again."""
    forget_expired_tokens()
    for account_id in _accounts():
        with snapshot():
            differs = bool(projector.whole(account_id))
        if differs:
            with transaction.atomic():
                log.lock(account_id)
                projector.rebuild(account_id)
    return verify()


def forget_expired_tokens() -> int:
    """Let go of the rows of tokens that retention deleted, which is no operation and tells nobody; gives how many."""
    kept = BearerToken.objects.across_accounts("the sweep is the installation's").filter(digest=OuterRef("id"))
    over: dict[str, set[str]] = {}
    rows = ProjectedRow.objects.filter(~Exists(kept), kind=TOKEN)
    for account_id, digest in rows.values_list("account_id", "id"):
        over.setdefault(account_id, set()).add(digest)
    for account_id, digests in over.items():
        with transaction.atomic():
            changes = [Change("bearer_token", digest, "expired") for digest in sorted(digests)]
            now = clock.now()
            request_id = f"expired-{now.timestamp()}"
            place = log.append(changes, account_id=account_id, request_id=request_id, time=now)
            Projection(account_id, gone={(TOKEN, digest) for digest in digests}).write(position=place.position)
    return sum(map(len, over.values()))


def _accounts() -> Iterator[str]:
    yield from list(Account.objects.order_by("pk").values_list("pk", flat=True))


def _note(found: Findings, account_id: str) -> None:
    rows = ProjectedRow.objects.filter(account_id=account_id)
    found.rows += rows.count()
    differing = projector.whole(account_id)
    if differing:
        present = set(rows.values_list("kind", "id"))
        found.missing += sorted(differing.made.keys() - present)
        found.stale += sorted(differing.made.keys() & present)
        found.surplus += sorted(key for key in differing.gone if key[0] != TOKEN)  # forget_expired_tokens
