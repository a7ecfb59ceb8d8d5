"""What a check reports."""

from dataclasses import dataclass
from enum import StrEnum

from policies.engine import Span

Path = tuple[str | int, ...]


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    SECURITY_WARNING = "security_warning"
    WARNING = "warning"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding before its place in the text is known; `of_key` means the name of the element, not its value."""

    code: str
    path: Path
    message: str
    help: str = ""
    of_key: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a policy: `code` is AWS's issue code, `message` states the fact, `help` what to do.

    `path` leads to the element (`("Statement", 0, "Action", 1)`); where `of_key` is set the span is that of its name.
    """

    severity: Severity
    code: str
    message: str
    help: str
    path: Path
    span: Span
    of_key: bool = False

    @property
    def line(self) -> int:
        """The line where it begins, from 1."""
        return self.span.start.line

    @property
    def column(self) -> int:
        """The column where it begins, from 1."""
        return self.span.start.column

    @property
    def end_line(self) -> int:
        """The line of the first place after it."""
        return self.span.end.line

    @property
    def end_column(self) -> int:
        """The column of the first place after it."""
        return self.span.end.column
