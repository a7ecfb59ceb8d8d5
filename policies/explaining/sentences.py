"""From a document to its sentences."""

from dataclasses import dataclass

from policies.engine import Effect, PolicyKind, Statement, compiled
from policies.explaining import conditions, nouns
from policies.explaining.words import listed


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one statement says; the effect is not part of the text. `index` counts statements from 0."""

    index: int
    effect: Effect
    text: str
    sid: str = ""


def sentences(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> list[Sentence]:
    """A sentence for each statement, in their order. Raises MalformedPolicy."""
    statements = compiled(text, kind).document.statements
    return [Sentence(each.index, each.effect, _sentence(each, kind), each.sid or "") for each in statements]


def _sentence(statement: Statement, kind: PolicyKind) -> str:
    said = [nouns.who(statement), nouns.actions(statement)] if kind.names_principals else [nouns.actions(statement)]
    if kind is not PolicyKind.TRUST:
        said.append(nouns.resources(statement))
    text = " ".join(part for part in said if part)
    if statement.conditions:
        text += ", if " + listed([conditions.said(condition) for condition in statement.conditions])
    return f"{text[0].upper()}{text[1:]}."
