"""What the import commands share: the caller, the file, and one way to run a plan and tell what became of it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from accounts.importing.document import read as read_details
from accounts.importing.items import Plan
from accounts.importing.present import Present
from iamconsole.interfaces.cli import operator, output
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime.batch import ItemOutcome, execute_batch

SHOWN = 20  # faults that a report lists


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, and change nothing")
    add_caller(parser)


def add_caller(parser: ArgumentParser) -> None:
    parser.add_argument("--account", metavar="ID|ALIAS", help="needed where there are several")
    parser.add_argument("--as-user", metavar="NAME", help="with this user's permissions instead of the operator's")


def call(options: Mapping[str, Any]) -> Call:
    """The call that `--account` and `--as-user` mean."""
    account_id = operator.account(options["account"])
    return operator.call(account_id, operator.caller(account_id, options["as_user"]))


def read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"{file} cannot be read: {fault}") from fault


@contextmanager
def reported() -> Iterator[None]:
    """A fault ends the command with its message."""
    try:
        yield
    except Fault as fault:
        raise CommandError(fault.message) from fault


def run(call: Call, plan: Plan, *, dry_run: bool, write: Callable[[str], object]) -> None:
    """Run the plan, all or nothing, and print what it did as JSON; CommandError lists every fault by its place."""
    outcomes = execute_batch(call, plan.batch, dry_run=dry_run)
    if faults := _faults(plan, outcomes):
        shown = faults[:SHOWN] + ([f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else [])
        raise CommandError("nothing was imported:\n  " + "\n  ".join(shown))
    counts: dict[str, int] = {}
    for item in plan.items:
        counts[item.operation.name] = counts.get(item.operation.name, 0) + 1
    report = {"DryRun": dry_run, "Operations": counts, "LeftOut": list(plan.left_out)}
    write(output.as_json(report | ({"ConsistencyToken": call.consistency_token} if call.consistency_token else {})))


def _faults(plan: Plan, outcomes: list[ItemOutcome]) -> list[str]:
    """The first fault of every place: those that follow from it would only hide the others."""
    found: dict[str, str] = {}
    for item, outcome in zip(plan.items, outcomes, strict=True):
        if outcome.fault is not None:
            found.setdefault(item.source, operator.refusal(item.operation, outcome.fault))
    return [f"{source}: {text}" for source, text in found.items()]


def one(account_id: str, action: str, raw: Mapping[str, Any], *, dry_run: bool) -> Any:
    """Run one operation as the operator, or try it; gives its output shape."""
    (outcome,) = execute_batch(operator.call(account_id), [(REGISTRY[action], raw)], dry_run=dry_run)
    if outcome.fault is not None:
        raise outcome.fault
    return outcome.result


def everything(call: Call, action: str, member: str, **raw: Any) -> Iterator[Any]:
    """The items of a listing, page after page, as the caller may see them."""
    marker = None
    while True:
        page = operator.run_as(call, action, **raw, Marker=marker, MaxItems=1000)
        yield from getattr(page, member)
        if not page.is_truncated:
            return
        marker = page.marker


def present(call: Call) -> Present:
    """What the account holds, as the caller may see it."""
    details: dict[str, list[Any]] = {}
    for member, alias in DETAILS.items():
        found = everything(call, "iam:GetAccountAuthorizationDetails", member, Filter=FILTERS[alias])
        details[alias] = output.as_data(list(found))
    profiles = everything(call, "iam:ListInstanceProfiles", "instance_profiles")
    return Present.of(read_details(details), instance_profiles=[p.instance_profile_name for p in profiles])


DETAILS = {
    "user_detail_list": "UserDetailList",
    "group_detail_list": "GroupDetailList",
    "role_detail_list": "RoleDetailList",
    "policies": "Policies",
}
FILTERS = {
    "UserDetailList": ["User"],
    "GroupDetailList": ["Group"],
    "RoleDetailList": ["Role"],
    "Policies": ["LocalManagedPolicy"],
}
