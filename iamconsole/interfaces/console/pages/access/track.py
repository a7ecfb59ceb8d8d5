"""The checks of a decision as a track: every layer in its order, what it said, which statements made it say so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.access import addresses

Item = dict[str, Any]
LAYERS: Final = {
    "RESOURCE_CONTROL_POLICY": (_("Resource control policies"), "building-2", "RESOURCE_CONTROL_POLICY"),
    "SERVICE_CONTROL_POLICY": (_("Service control policies"), "shield", "SERVICE_CONTROL_POLICY"),
    "RESOURCE": (_("Resource-based policy"), "database", "RESOURCE_BASED_POLICY"),
    "PRINCIPAL": (_("Identity-based policies"), "scroll-text", "IDENTITY_BASED_POLICY"),
    "PERMISSIONS_BOUNDARY": (_("Permissions boundary"), "fence", "PERMISSIONS_BOUNDARY"),
    "SESSION": (_("Session policy"), "timer", "SESSION_POLICY"),
}
"""Check type → label, icon and the policy type of its near misses, in the order in which they are looked at."""
OUTCOMES: Final = {
    "ALLOW": (_("Allows"), "ok"),
    "IMPLICIT_DENY": (_("Does not allow"), "warn"),
    "EXPLICIT_DENY": (_("Denies"), "bad"),
    "NO_IMPACT": (_("Not involved"), ""),
}
LACKING: Final = _("An Allow was needed here, and no statement gives one.")


def track(checks: Iterable[Any], near_misses: Sequence[Any], policies: Iterable[Any], account_id: str) -> list[Item]:
    """Every layer; `checks`, `near_misses` and `policies` as ExplainDenial and ExplainAccess give them."""
    found = {check.check_type: check for check in checks}
    known = {policy.uri: policy for policy in policies}
    items = []
    for kind, (label, icon, policy_type) in LAYERS.items():
        check = found.get(kind)
        effect = check.evaluated_effect if check else "NO_IMPACT"
        said, tone = OUTCOMES[effect]
        items.append(
            {
                "label": label,
                "icon": "ban" if effect == "EXPLICIT_DENY" else icon,
                "outcome": said,
                "tone": tone,
                "note": LACKING if effect == "IMPLICIT_DENY" else "",
                "statements": [_statement(each, known, account_id) for each in (check.statements if check else ())],
                "misses": [_miss(miss, known, account_id) for miss in near_misses if miss.policy_type == policy_type],
            }
        )
    return items


def because(effect: str, items: Sequence[Item]) -> str:
    """The one sentence: what bit, or what was missing."""
    if effect == "EXPLICIT_DENY":
        return _("a statement denies it, and a deny always wins.")
    if any(item["misses"] for item in items):
        return _("no statement allows it, though one nearly does.")
    lacking = [str(item["label"]).lower() for item in items if item["tone"] == "warn"]
    return _("nothing allows it in: %(layers)s.") % {"layers": ", ".join(lacking)} if lacking else ""


def _statement(said: Any, known: Mapping[str, Any], account_id: str) -> Item:
    policy = known.get(said.policy_uri)
    return _place(policy, said.policy_uri, said.sid, account_id) | {
        "effect": said.effect,
        "tone": "bad" if said.effect == "DENY" else "ok",
        "text": _text(policy, said.index),
    }


def _miss(miss: Any, known: Mapping[str, Any], account_id: str) -> Item:
    return _place(known.get(miss.policy_uri), miss.policy_uri, miss.sid, account_id) | {
        "effect": miss.effect,
        "key": miss.key,
        "operator": miss.operator,
        "wanted": miss.wanted,
        "found": miss.found,
    }


def _place(policy: Any, uri: str, sid: str, account_id: str) -> Item:
    """The chain holder > policy > statement."""
    name = policy.name or uri if policy else uri
    url = addresses.of_policy(uri, name, policy.holder, account_id) if policy else ""
    chain = [{"label": name, "url": url}, {"label": sid, "url": ""}]
    held = addresses.entity(policy.holder, account_id) if policy and policy.holder else None
    if held:
        chain.insert(0, {"label": held[1], "url": held[0].url(held[1])})
    return {"chain": {"kind": "chain", "entries": chain}}


def _text(policy: Any, index: int) -> str:
    """One statement of a document, as JSON."""
    if policy is None:
        return ""
    statements = json.loads(policy.policy_document)["Statement"]
    return json.dumps(statements[index] if isinstance(statements, list) else statements, indent=2)
