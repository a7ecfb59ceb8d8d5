"""Reports as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import OneOf, Shape, Timestamp

ReportState = Annotated[str, OneOf(("STARTED", "INPROGRESS", "COMPLETE"))]
ReportFormat = Annotated[str, OneOf(("text/csv",))]


class GenerateCredentialReportResult(Shape):
    state: ReportState
    description: str | None = None


class GetCredentialReportResult(Shape):
    content: bytes
    report_format: ReportFormat
    generated_time: Timestamp
