"""Everything that is derived from an operation's declaration, as data and as a page to read: nothing is magic."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iamconsole.interfaces.cli.examples import aws_cli, boto3_call, manage_py
from iamconsole.interfaces.cli.members import described, members, members_of
from iamconsole.kernel.operation import Implied, Operation

API = "/api/v1"


def facts(operation: Operation) -> dict[str, Any]:
    """The declaration and what follows from it, ready for JSON."""
    return {
        "Operation": operation.name,
        "Summary": operation.summary,
        "Description": operation.description,
        "Action": operation.action,
        "AccessLevel": operation.access.value,
        "Authorization": "every authenticated caller" if operation.unrestricted else "by policy",
        "ResourceTypes": [f"{kind.service}:{kind.name}" if kind.name != "*" else "*" for kind in operation.on],
        "ConditionKeys": _condition_keys(operation),
        "ImpliedActions": [
            {
                "Action": implied.action,
                "ResourceType": f"{implied.on.service}:{implied.on.name}",
                "When": _when(implied),
                **dict(implied.facts),
            }
            for implied in operation.implies
        ],
        "Input": [
            {
                "Member": member.alias,
                "Option": member.option,
                "Required": member.required,
                "Value": described(member),
                **({"Sensitive": True} if member.is_sensitive else {}),
            }
            for member in members(operation)
        ],
        "Output": [
            {"Member": member.alias, "Value": described(member)}
            for member in (members_of(operation.output) if operation.output else [])
        ],
        "Pages": operation.pages,
        "Errors": [{"Code": fault.code, "Status": fault.status, "Shape": fault.shape} for fault in operation.errors],
        "Rest": _rest(operation),
        "Examples": {
            name: text
            for name, text in (
                ("aws", aws_cli(operation)),
                ("boto3", boto3_call(operation)),
                ("manage.py", manage_py(operation)),
            )
            if text
        },
        "DeclaredIn": operation.module,
    }


def _condition_keys(operation: Operation) -> dict[str, str]:
    """Keys that this operation feeds, and from which member; the caller's and the resource's are always there."""
    keys = dict(operation.conditions)
    if "tags" in operation.input.model_fields:
        keys |= {"aws:RequestTag/${TagKey}": "tags", "aws:TagKeys": "tags"}
    if "tag_keys" in operation.input.model_fields:
        keys["aws:TagKeys"] = "tag_keys"
    return keys


def _when(implied: Implied) -> str:
    if not implied.when:
        return "for certain callers" if implied.of else "always"
    return f"{implied.when} is given{', or for certain callers' if implied.of else ''}"


def _rest(operation: Operation) -> dict[str, Any] | None:
    route = operation.rest
    return {"Method": route.method, "Path": f"{API}{route.path}", "Status": route.status} if route else None


def page(operation: Operation) -> list[RenderableType]:
    """The same for people."""
    known = facts(operation)
    rest = known["Rest"]
    lines = [
        ("action", known["Action"]),
        ("access level", known["AccessLevel"]),
        ("allowed", known["Authorization"]),
        ("resource types", ", ".join(known["ResourceTypes"])),
        ("condition keys", ", ".join(f"{key} ({member})" for key, member in known["ConditionKeys"].items())),
        ("implied actions", ", ".join(f"{i['Action']} ({i['When']})" for i in known["ImpliedActions"])),
        ("REST", f"{rest['Method']} {rest['Path']} → {rest['Status']}" if rest else ""),
        ("pages", known["Pages"]),
        ("declared in", known["DeclaredIn"]),
    ]
    parts: list[RenderableType] = [
        Text(operation.name, style="bold"),
        Text(f"{known['Summary']}\n{known['Description']}".strip()),
        Text(),
        _grid([(name, value or "none") for name, value in lines]),
    ]
    inputs = [(i["Option"], ("required, " if i["Required"] else "") + i["Value"]) for i in known["Input"]]
    outputs = [(o["Member"], o["Value"]) for o in known["Output"]]
    errors = [(e["Code"], str(e["Status"])) for e in known["Errors"]]
    for title, rows in (("Input", inputs), ("Output", outputs), ("Errors", errors)):
        parts += [Text(f"\n{title}", style="bold"), Padding(_grid(rows or [("none", "")]), (0, 0, 0, 2))]
    parts.append(Text("\nExamples", style="bold"))
    parts += [Padding(Text(text), (0, 0, 0, 2)) for text in known["Examples"].values()]
    return parts


def _grid(rows: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Text(value))
    return grid
