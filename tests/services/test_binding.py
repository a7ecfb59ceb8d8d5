"""Replacing principals in the text of a document."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents.binding import bound_text
from policies.engine import PolicyKind, compiled

ADA, BOB = "arn:aws:iam::123456789012:user/ada", "arn:aws:iam::123456789012:role/bob"
IDS = {ADA: "AIDAADAADAADAADAADA23", BOB: "AROABOBBOBBOBBOBBOB23"}


def text(statement: str) -> str:
    return f'{{"Version": "2012-10-17",\n "Statement": {statement}}}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"Principal": {"AWS": "ADA"}}', '{"Principal": {"AWS": "AIDA"}}'),
        ('[{"Principal": {"AWS": ["ADA", "*",  "BOB"]}}]', '[{"Principal": {"AWS": ["AIDA", "*",  "AROA"]}}]'),
        ('[{"NotPrincipal": {"AWS": ["ADA"]}}]', '[{"NotPrincipal": {"AWS": ["AIDA"]}}]'),
        ('[{"Principal":"*"},{"Principal":{"AWS":"BOB"}}]', '[{"Principal":"*"},{"Principal":{"AWS":"AROA"}}]'),
        (r'{"Principal": {"AWS": "ADA\u0061"}}', r'{"Principal": {"AWS": "ADA\u0061"}}'),
        ('{"Principal": {"Federated": "ADA", "AWS": "x"}}', '{"Principal": {"Federated": "ADA", "AWS": "x"}}'),
        ('{"Resource": ["ADA"], "Action": "ADA"}', '{"Resource": ["ADA"], "Action": "ADA"}'),
        (
            '{"Principal": {"AWS": "BOB"}, "Condition": {"ArnEquals": {"aws:PrincipalArn": "ADA"}}}',
            '{"Principal": {"AWS": "AROA"}, "Condition": {"ArnEquals": {"aws:PrincipalArn": "ADA"}}}',
        ),
    ],
)
def test_principals_are_replaced_and_nothing_else(before: str, after: str) -> None:
    def written(short: str) -> str:
        for name, long in (("AIDA", IDS[ADA]), ("AROA", IDS[BOB]), ("ADA", ADA), ("BOB", BOB)):
            short = short.replace(f'"{name}"', f'"{long}"')
        return text(short)

    assert bound_text(written(before), IDS) == written(after)


def test_an_arn_is_found_however_it_is_escaped() -> None:
    escaped = ADA.replace("/", "\\/").replace("ada", "\\u0061da")
    assert bound_text(text(f'{{"Principal": {{"AWS": "{escaped}"}}}}'), IDS) == text(
        f'{{"Principal": {{"AWS": "{IDS[ADA]}"}}}}'
    )


NAMES = st.sampled_from([ADA, BOB, "*", "123456789012", "arn:aws:iam::123456789012:user/ada2"])
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.just("Deny"),
        "Action": st.just("s3:*"),
        "Resource": st.sampled_from(["*", ADA, BOB]),
        "Principal": st.fixed_dictionaries({"AWS": st.one_of(NAMES, st.lists(NAMES, min_size=1, max_size=4))}),
    }
)


@given(st.one_of(STATEMENTS, st.lists(STATEMENTS, min_size=1, max_size=4)), st.sampled_from([None, 0, 3]))
def test_the_engine_reads_the_same_document_but_for_its_principals(statements: object, indent: int | None) -> None:
    written = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=indent)
    before = compiled(written, PolicyKind.RESOURCE).document.statements
    after = compiled(bound_text(written, IDS), PolicyKind.RESOURCE).document.statements
    assert [each.principals for each in after] == [
        tuple((kind, IDS.get(name, name)) for kind, name in each.principals) for each in before
    ]
    assert [each.resources for each in after] == [each.resources for each in before]
    assert bound_text(written, {}) == written
