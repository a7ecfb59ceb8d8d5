"""The trail of an account as JSON lines that can be verified without the database.

    {"account":…,"sequence":…,"previous":…,"digest":…,"record":{…}}       a record, in CloudTrail's shape
    {"checkpoint":{…}}                                                     a signed checkpoint
    {"end":{"account":…,"last":…,"digest":…,"first":…},"signature":…}      the last line: what the file must hold

A body that is not canonical JSON, as only tampering leaves it, is exported as text under `body`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from iamconsole.audit import checkpoints, links, signatures, verification, vouching
from iamconsole.audit.chain import GENESIS, canonical
from iamconsole.audit.checkpoints import Checkpoint
from iamconsole.audit.links import Broken, Link

RECORD = {"account": str, "sequence": int, "previous": str, "digest": str, "body": str}
END = {"account": str, "first": int, "last": int, "digest": str}


def lines(account_id: str) -> Iterator[str]:
    """Every line of the export, without line ends; streamed."""
    for checkpoint in checkpoints.of_account(account_id):
        yield canonical({"checkpoint": asdict(checkpoint)})
    first, last, digest = 0, 0, GENESIS
    with closing(links.stored(account_id)) as records:
        for link in records:
            yield canonical(_shown(link))
            first, last, digest = first or link.sequence, link.sequence, link.digest
    end = {"account": account_id, "first": first, "last": last, "digest": digest}
    yield canonical({"end": end, "signature": signatures.sign(canonical({"export": end}))})


def _shown(link: Link) -> dict[str, Any]:
    place = {
        "account": link.account_id,
        "sequence": link.sequence,
        "previous": link.previous,
        "digest": link.digest,
    }
    try:
        record = json.loads(link.body)
    except ValueError:
        record = None
    if isinstance(record, dict) and canonical(record) == link.body:
        return {**place, "record": record}
    return {**place, "body": link.body}


def verify_file(
    place: Path, *, on_progress: verification.Progress | None = None, known: signatures.PublicKeys | None = None
) -> verification.Report:
    """Verify an exported file: its chain, its checkpoints and that nothing was cut off.

    ValueError where a line is none of an export's; OSError where the file cannot be read.
    """
    found, end, signature = _frame(place)
    if end is None:
        first = next(_records(place), None)
        report = verification.Report(first.account_id if first else "unknown")
        report.broken = Broken(0, "the file has no closing line: it was cut off")
        return report
    account_id: str = end["account"]
    vouched = vouching.compare(found, exported=None, account_id=account_id, known=known)
    try:
        signatures.check(canonical({"export": end}), signature, known=known)
    except signatures.NotSigned as fault:
        vouched.faults.append((end["last"], Broken(end["last"], f"the closing line cannot be trusted: {fault}")))
    course = verification.Course((end["last"], end["digest"]))
    report = verification.examine(account_id, _records(place), vouched, course=course, on_progress=on_progress)
    if report.broken is None and report.last > end["last"]:
        report.broken = Broken(end["last"] + 1, "it lies beyond the closing line: it was inserted")
    return report


def _read(place: Path) -> Iterator[dict[str, Any]]:
    with place.open(encoding="utf-8", newline="\n") as file:
        for number, text in enumerate(file, start=1):
            try:
                line = json.loads(text)
                if not isinstance(line, dict) or not line.keys() & {"sequence", "checkpoint", "end"}:
                    raise ValueError("it has none of the members of an export")
            except ValueError as fault:
                raise ValueError(f"line {number} of {place} is no line of an audit export: {fault}") from None
            yield line


def _frame(place: Path) -> tuple[list[Checkpoint], dict[str, Any] | None, str]:
    """The checkpoints and the closing line of a file."""
    found, end, signature = [], None, ""
    for line in _read(place):
        if "checkpoint" in line:
            found.append(Checkpoint.from_line(canonical(line["checkpoint"])))
        elif "end" in line:
            end, signature = line["end"], str(line.get("signature"))
            _demand(end, END, place)
    return found, end, signature


def _records(place: Path) -> Iterator[Link]:
    for line in _read(place):
        if "sequence" in line:
            line["body"] = canonical(line["record"]) if "record" in line else line.get("body")
            _demand(line, RECORD, place)
            yield Link(*(line[member] for member in RECORD))


def _demand(found: Any, members: Mapping[str, type], place: Path) -> None:
    """ValueError unless every member is there and of its type: the file may hold anything."""
    if not isinstance(found, dict) or any(not isinstance(found.get(name), kind) for name, kind in members.items()):
        raise ValueError(f"a line of {place} lacks a member of an audit export, or has one of another type")
