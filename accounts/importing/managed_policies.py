"""Managed policies of AWS's in a file, in whichever shape people have them.

{"ReadOnlyAccess": {"Version": …, "Statement": …}}                      name or ARN → document
{"ReadOnlyAccess": {"Path": "/", "Document": {…}, "DefaultVersionId": …}}    name or ARN → policy with its document
{"Policies": [{"PolicyName": …, "PolicyVersionList": [{…}]}]}                get-account-authorization-details
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.importing.texts import policy_text
from iamconsole.kernel.errors import ValidationError

ARN_HEAD = "arn:aws:iam::aws:policy"


def parsed(content: Any) -> list[dict[str, str]]:
    """The `Policies` input of `iamconsole:PutManagedPolicies`; one ValidationError names every unusable entry."""
    entries = _entries(content)
    found, errors = [], {}
    for name, entry in entries:
        try:
            found.append(_policy(name, entry))
        except ValueError as fault:
            errors[name] = [str(fault)]
    if errors:
        listed = "; ".join(f"{name}: {texts[0]}" for name, texts in errors.items())
        raise ValidationError(f"{len(errors)} of {len(entries)} policies cannot be read: {listed}", errors=errors)
    return found


def _entries(content: Any) -> list[tuple[str, Any]]:
    if not isinstance(content, Mapping) or not content:
        raise ValidationError("the file must hold a JSON object of policies by name or ARN")
    if isinstance(content.get("Policies"), list):
        return [(str(entry.get("Arn") or entry.get("PolicyName")), entry) for entry in content["Policies"]]
    return list(content.items())


def _policy(key: str, entry: Any) -> dict[str, str]:
    path, name = _place(key)
    if not isinstance(entry, Mapping) or "Statement" in entry:
        entry = {"Document": entry}
    policy = {
        "PolicyName": str(entry.get("PolicyName") or name),
        "Path": str(entry.get("Path") or path),
        "PolicyDocument": policy_text(_document(entry)),
    }
    return policy | ({"Description": str(entry["Description"])} if entry.get("Description") else {})


def _place(key: str) -> tuple[str, str]:
    """`arn:aws:iam::aws:policy/job-function/Billing` → (`/job-function/`, `Billing`); a name lies at `/`."""
    if not key.startswith("arn:"):
        return "/", key
    if not key.startswith(f"{ARN_HEAD}/"):
        raise ValueError(f"only policies of AWS's own belong here: their ARNs begin with {ARN_HEAD}/")
    path, _, name = key.removeprefix(ARN_HEAD).rpartition("/")
    return f"{path}/", name


def _document(entry: Mapping[str, Any]) -> Any:
    if "Document" in entry:
        return entry["Document"]
    versions = entry.get("PolicyVersionList") or []
    wanted = [version for version in versions if version.get("IsDefaultVersion")]
    if not wanted:
        raise ValueError("there is neither a Document nor a default version in PolicyVersionList")
    return wanted[0].get("Document")
