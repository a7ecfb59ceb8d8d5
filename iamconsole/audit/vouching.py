"""What the checkpoints vouch for: the database's and the exported ones, held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from iamconsole.audit import signatures
from iamconsole.audit.checkpoints import Checkpoint
from iamconsole.audit.links import Broken
from iamconsole.audit.signatures import NotSigned, PublicKeys


@dataclass(slots=True)
class Vouched:
    """Checkpoints that hold, in order, and the faults of those that do not, by the last record they speak of."""

    good: list[Checkpoint] = field(default_factory=list)
    faults: list[tuple[int, Broken]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    known: PublicKeys = field(default_factory=dict)

    def earliest(self, broken: Broken | None) -> Broken | None:
        """The break that comes first along the chain: this one of a record, or one of a checkpoint."""
        found = self.faults + ([(broken.sequence, broken)] if broken else [])
        return min(found, key=lambda each: each[0])[1] if found else None


def compare(
    stored: Iterable[Checkpoint],
    *,
    exported: Iterable[Checkpoint] | None,
    account_id: str,
    known: PublicKeys | None = None,
) -> Vouched:
    """Hold the checkpoints against each other, their signatures and their order; None are `exported` beside a file."""
    vouched = Vouched(known=known or {})
    outside: dict[int, list[Checkpoint]] = defaultdict(list)
    for checkpoint in exported or ():
        outside[checkpoint.number].append(checkpoint)
    inside = {checkpoint.number: checkpoint for checkpoint in stored}
    end = 0
    for number in range(1, max([0, *inside, *outside]) + 1):
        found = outside[number] + ([inside[number]] if number in inside else [])
        fault = _fault(found, account_id=account_id, number=number, end=end, known=vouched.known)
        if fault is None and number not in inside:
            fault = "was exported, but the database has lost it"
        if fault:
            first, last = (found[0].first, found[0].last) if found else (end + 1, end + 1)
            vouched.faults.append((last, Broken(first, f"checkpoint {number}, which begins here, {fault}")))
        else:
            vouched.good.append(found[0])
        end = found[0].last if found else end
    if exported is not None:
        vouched.notices += [f"checkpoint {n} is not in the checkpoint file" for n in inside if not outside[n]]
    return vouched


def _fault(found: list[Checkpoint], *, account_id: str, number: int, end: int, known: PublicKeys) -> str | None:
    if not found:
        return "is missing"
    if any(other != found[0] for other in found):
        return "is not the one that was exported: the trail was rewritten"
    checkpoint = found[0]
    if checkpoint.account != account_id:
        return f"belongs to account {checkpoint.account!a}"
    if checkpoint.first != end + 1 or checkpoint.last < checkpoint.first:
        return "does not follow the one before it"
    try:
        signatures.check(checkpoint.payload, checkpoint.signature, known=known)
    except NotSigned as fault:
        return f"cannot be trusted: {fault}"
    return None
