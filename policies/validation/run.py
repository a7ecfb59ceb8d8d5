"""From a text to its findings."""

from collections.abc import Iterable, Iterator
from typing import Final

from policies import catalog
from policies.engine import Layout, MalformedPolicy, PolicyKind, parse
from policies.engine.reader import NotJson, read
from policies.validation import places, reading, refusals
from policies.validation.codes import SEVERITIES
from policies.validation.finding import Finding, Issue, Severity
from policies.validation.registry import CHECKS
from policies.validation.tree import Policy

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


def findings(
    text: str,
    kind: PolicyKind = PolicyKind.IDENTITY,
    *,
    resource_type: str | None = None,
    services: Iterable[catalog.Service] = (),
) -> list[Finding]:
    """Everything worth knowing about a policy, worst first, then in the order of the text.

    Never raises, whatever the text. Without a finding of severity `error` the engine parses the policy.
    `resource_type` (`AWS::S3::Bucket`) narrows the policy of a resource to what such a resource can have; `services`
    are those of the policy's account, known beside the built-in ones.
    """
    layout = Layout(text)
    try:
        root = read(text)
    except NotJson as fault:
        return [_unreadable(fault, layout)]
    policy = reading.policy(root, kind=kind, text=text, resource_type=resource_type)
    with catalog.extended(services):
        found = [_placed(issue, layout) for issue in dict.fromkeys(_issues(policy))]
    if all(finding.severity is not Severity.ERROR for finding in found):
        found += [_placed(issue, layout) for issue in _refusal(policy)]
    return sorted(found, key=lambda finding: (_RANK[finding.severity], finding.span.start, finding.code))


def _issues(policy: Policy) -> Iterator[Issue]:
    for check in CHECKS:
        if policy.kind in check.kinds:
            yield from check.run(policy)


def _refusal(policy: Policy) -> Iterator[Issue]:
    """What the engine does not accept is an error even where AWS's catalogue of checks only warns."""
    try:
        parse(policy.text, policy.kind)
    except MalformedPolicy as fault:
        yield refusals.issue(fault)


def _placed(issue: Issue, layout: Layout) -> Finding:
    span = places.name(issue.path, layout) if issue.of_key else layout.span(issue.path)
    return Finding(SEVERITIES[issue.code], issue.code, issue.message, issue.help, issue.path, span, issue.of_key)


def _unreadable(fault: NotJson, layout: Layout) -> Finding:
    code = "JSON_SYNTAX_ERROR"
    if fault.path is not None:
        return _placed(Issue(code, fault.path, fault.detail, "keep one of the two", of_key=True), layout)
    span = places.character(fault.offset, layout)
    return Finding(SEVERITIES[code], code, fault.detail, "correct the JSON here", (), span)
