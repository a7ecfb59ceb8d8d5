"""What was found out about an issuer, a metadata document or a token, as panels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils.translation import gettext_lazy as _

from accounts.saml_providers import metadata
from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import InvalidInput

RESULTS = {
    "Passed": {"label": _("Passed"), "tone": "ok", "icon": "check"},
    "Failed": {"label": _("Failed"), "tone": "bad", "icon": "x"},
    "NotReached": {"label": _("Not reached"), "tone": "neutral", "icon": "minus"},
}
STATEMENTS = {
    "Matched": (_("Matched"), "ok", "check"),
    "ConditionNotMet": (_("Condition not met"), "warn", "circle-alert"),
    "OtherPrincipal": (_("Another principal"), "neutral", "minus"),
    "OtherAction": (_("Another action"), "neutral", "minus"),
}
CHECKS = {
    "Document": _("The discovery document can be fetched"),
    "Issuer": _("The issuer is the one that is named"),
    "Keys": _("There are keys to verify signatures with"),
    "Algorithms": _("It signs with an algorithm that is believed"),
    "SignIn": _("People can sign in with it"),
    "Parse": _("It can be read"),
    "Algorithm": _("Its algorithm is believed"),
    "Provider": _("Its issuer is a provider of this account"),
    "Key": _("The provider publishes the key that signed"),
    "Signature": _("The signature is right"),
    "Audience": _("It is meant for one of the client IDs"),
    "Times": _("It is valid now"),
    "Claims": _("Its claims can be used"),
    "Metadata": _("The provider's metadata has not expired"),
    "Status": _("The provider says that the sign-in succeeded"),
    "Subject": _("Its subject is confirmed for this address, now"),
    "Conditions": _("It is meant for this audience, now"),
    "Attributes": _("It says a role and a session name"),
    "Role": _("It offers the role that was chosen"),
}
SOON = 30  # days


def checks(title: Any, found: Iterable[Any]) -> panels.Panel:
    """One row a check, with the reason where it failed."""
    rows = [
        {"badge": RESULTS[each.result], "text": CHECKS.get(each.name, each.name), "note": each.reason or ""}
        for each in found
    ]
    return {"title": title, "entries": rows}


def issuer(found: Any) -> list[panels.Panel]:
    """The answer of InspectOpenIDConnectIssuer."""
    facts = (
        (_("Issuer"), found.issuer),
        (_("Keys"), found.jwks_uri),
        (_("Sign-in"), found.authorization_endpoint),
        (_("Token exchange"), found.token_endpoint),
    )
    published = [{"label": label, "cell": cells.mono(value)} for label, value in facts if value]
    if found.signing_algorithms:
        published.append({"label": _("Signs with"), "cell": cells.chips(found.signing_algorithms, limit=6)})
    shown = [checks(_("What the issuer publishes"), found.checks) | {"id": "findings"}]
    return [*shown, *([{"title": _("Its document says"), "pairs": published}] if published else [])]


def described(visit: Visit, document: str) -> panels.Panel:
    """Who a SAML metadata document speaks of, and until when its certificates hold."""
    title = _("What the metadata says")
    try:
        read = metadata.read(document)
    except InvalidInput as fault:
        return {"title": title, "callout": {"tone": "bad", "icon": "octagon-alert", "text": fault.message}}
    pairs = [
        {"label": _("Entity ID"), "cell": cells.mono(read.entity_id, copyable=True)},
        {"label": _("Valid until"), "cell": cells.time(read.valid_until, empty=_("No end given"), absolute=True)},
    ]
    certificates = [x509.load_der_x509_certificate(der) for der in read.certificates]
    return {
        "title": title,
        "pairs": pairs,
        "columns": [{"label": _("Signing certificate")}, {"label": _("Expires")}, {"label": _("State")}],
        "rows": [{"cells": _certificate(visit, each)} for each in certificates],
    }


def _certificate(visit: Visit, certificate: x509.Certificate) -> list[cells.Cell]:
    ends = certificate.not_valid_after_utc
    days = (ends - visit.call.time).days
    state = (
        cells.badge(_("Expired"), "bad", icon="ban")
        if ends <= visit.call.time
        else cells.badge(_("Expires soon"), "warn", icon="triangle-alert")
        if days < SOON
        else cells.badge(_("Valid"), "ok", icon="check")
    )
    digest = certificate.fingerprint(SHA256()).hex()
    return [cells.mono(digest[:16], detail=certificate.subject.rfc4514_string()), cells.time(ends), state]


def verdict(found: Any) -> panels.Panel:
    """What a role's trust policy makes of a token, statement by statement."""
    let_in = found.decision == "allowed"
    tone, icon = ("ok", "circle-check") if let_in else ("bad", "ban")
    role = found.role_arn.rsplit("/", 1)[-1]
    said = _("%(role)s lets it in.") if let_in else _("%(role)s does not let it in.")
    entries = []
    for each in found.statements:
        label, badge_tone, badge_icon = STATEMENTS[each.result]
        entries.append(
            {
                "badge": {"label": label, "tone": badge_tone, "icon": badge_icon},
                "text": _("%(effect)s, statement %(name)s")
                % {"effect": each.effect, "name": each.sid or each.index + 1},
                "note": "; ".join(_unmet(unmet) for unmet in each.unmet_conditions),
            }
        )
    return {
        "title": _("The role's verdict"),
        "callout": {"tone": tone, "icon": icon, "text": said % {"role": role}},
        "entries": entries,
    }


def _unmet(condition: Any) -> str:
    return str(
        _("%(operator)s wants %(key)s to be %(wanted)s; it is %(found)s")
        % {
            "operator": condition.operator,
            "key": condition.key,
            "wanted": ", ".join(condition.wanted),
            "found": ", ".join(condition.found) or _("absent"),
        }
    )
