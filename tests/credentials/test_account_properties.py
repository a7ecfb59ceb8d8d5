"""Account properties: one namespace at a time, kept until set anew."""

from __future__ import annotations

from typing import Any

import pytest

from iamconsole.interfaces.query.decoding import raw_input
from iamconsole.kernel.errors import InvalidInput, MalformedQueryString, ValidationError
from iamconsole.kernel.operation import REGISTRY
from tests.query.aws import allow, document, refused
from tests.support.tenants import Tenant, open_account

PUT = REGISTRY["iam:PutAccountProperties"]


def test_properties_are_set_and_set_anew(iam: Any, app: Any) -> None:
    assert iam.get_account_properties()["Properties"] == {}
    iam.put_account_properties(Properties={"Team/Name": "red", "Team/Size": "3"})
    iam.put_account_properties(Properties={"Team/Size": "4"})
    iam.put_account_properties(Properties={"RoleManager/Enabled": "true"})
    expected = {"RoleManager/Enabled": "true", "Team/Name": "red", "Team/Size": "4"}
    assert iam.get_account_properties()["Properties"] == expected
    assert open_account(app).client().get_account_properties()["Properties"] == {}


BAD: dict[str, tuple[dict[str, str], str, str]] = {
    "none": ({}, "ValidationError", ""),
    "two namespaces": ({"A/x": "1", "B/x": "1"}, "InvalidInput", "same namespace"),
    "no namespace": ({"Name": "1"}, "InvalidInput", "Namespace/PropertyName"),
    "three parts": ({"A/b/c": "1"}, "InvalidInput", "Namespace/PropertyName"),
    "no name": ({"A/": "1"}, "InvalidInput", "Namespace/PropertyName"),
    "a leading slash": ({"/x": "1"}, "ValidationError", ""),
    "a space": ({"A/x y": "1"}, "ValidationError", ""),
    "a long key": ({"A/" + "x" * 49: "1"}, "ValidationError", ""),
    "a long value": ({"A/x": "1" * 1025}, "ValidationError", ""),
    "a control character": ({"A/x": "\x00"}, "InvalidInput", "printable"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_property_is_refused(iam: Any, what: str) -> None:
    properties, code, text = BAD[what]
    with refused(code, text):
        iam.put_account_properties(Properties=properties)
    assert iam.get_account_properties()["Properties"] == {}


def test_an_account_has_a_hundred(iam: Any) -> None:
    iam.put_account_properties(Properties={f"A/{n}": "1" for n in range(100)})
    iam.put_account_properties(Properties={"A/0": "2"})
    with refused("InvalidInput", "at most 100"):
        iam.put_account_properties(Properties={"A/100": "1"})


def test_policies_can_name_namespaces(iam: Any, tenant: Tenant) -> None:
    iam.put_account_properties(Properties={"Team/Name": "red"})
    condition = {"ForAllValues:StringEquals": {"iam:AccountPropertyNamespaces": "Team"}}
    client = tenant.client("iam", tenant.user("linus", document(allow("iam:*AccountProperties", **condition))))
    client.put_account_properties(Properties={"Team/Name": "blue"})
    assert client.get_account_properties()["Properties"] == {"Team/Name": "blue"}
    with refused("AccessDenied"):
        client.put_account_properties(Properties={"Other/Name": "blue"})
    iam.put_account_properties(Properties={"Other/Name": "x"})
    with refused("AccessDenied"):
        client.get_account_properties()


FORMS: list[tuple[list[tuple[str, str]], str]] = [
    ([("Properties.entry.1.value", "1")], "numbered from 1"),
    ([("Properties.entry.1", "A/x")], "numbered from 1"),
    ([("Properties.entry.1.key.x", "A/x")], "numbered from 1"),
    ([("Properties.entry.1.key", "A/x"), ("Properties.entry.2.key", "A/x")], "two entries of the same key"),
]


@pytest.mark.parametrize(("form", "text"), FORMS)
def test_a_form_that_spells_no_map_is_refused(form: list[tuple[str, str]], text: str) -> None:
    with pytest.raises(MalformedQueryString, match=text):
        raw_input(PUT, form)


@pytest.mark.parametrize(
    "form",
    [
        [("Properties", "A/x")],
        [("Properties", "")],
        [("Properties.member.1.key", "A/x")],
        [("Properties.entry.1.key", "A/x")],
        [("Properties.entry.1.key", "A/x"), ("Properties.entry.1.value.x", "1")],
    ],
)
def test_a_form_that_spells_another_value_is_refused(tenant: Tenant, form: list[tuple[str, str]]) -> None:
    with pytest.raises((ValidationError, InvalidInput)):
        tenant.run(PUT.action, **raw_input(PUT, form))
