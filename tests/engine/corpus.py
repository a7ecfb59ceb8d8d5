"""The cases of `cases/*.json`: policies and a request in, an outcome and the layer that denied out."""

import json
from pathlib import Path
from typing import Any

from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, compiled

HERE = Path(__file__).parent
PRINCIPALS = {
    name: Principal(**{**fields, "type": PrincipalType(fields["type"])})
    for name, fields in json.loads((HERE / "principals.json").read_text()).items()
}


def cases() -> dict[str, dict[str, Any]]:
    """Every case by file and name."""
    return {
        f"{path.stem}: {case['name']}": case
        for path in sorted((HERE / "cases").glob("*.json"))
        for case in json.loads(path.read_text())
    }


def bound(document: Any, kind: PolicyKind = PolicyKind.IDENTITY, name: str = "p") -> Bound:
    """A document attached somewhere."""
    return Bound(
        Source(name, str(kind), f"arn:aws:iam::111111111111:policy/{name}"), compiled(json.dumps(document), kind)
    )


def policies(given: dict[str, Any]) -> Policies:
    """The policies of a case."""
    session = given.get("session")
    return Policies(
        identity=_all(given.get("identity", ()), PolicyKind.IDENTITY),
        boundary=bound(given["boundary"], PolicyKind.BOUNDARY) if "boundary" in given else None,
        session=None if session is None else _all(session, PolicyKind.SESSION),
        scps=tuple(_all(level, PolicyKind.SCP) for level in given.get("scps", ())),
        rcps=tuple(_all(level, PolicyKind.RCP) for level in given.get("rcps", ())),
        resource=tuple(bound(item["document"], PolicyKind(item["kind"])) for item in given.get("resource", ())),
        resource_must_allow=given.get("resource_must_allow", False),
    )


def request(given: dict[str, Any]) -> Request:
    """The request of a case."""
    return Request(
        PRINCIPALS[given["principal"]],
        given["action"],
        given["resource"],
        given.get("context", {}),
        given.get("resource_account"),
    )


def _all(documents: Any, kind: PolicyKind) -> tuple[Bound, ...]:
    return tuple(bound(document, kind, f"p{number}") for number, document in enumerate(documents, 1))
