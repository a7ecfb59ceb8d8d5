"""Ordering a credential report, writing it, and getting it."""

from __future__ import annotations

import zlib
from typing import Any

from accounts.reports import credentials
from accounts.reports.models import CredentialReport
from accounts.reports.shapes import GenerateCredentialReportResult, GetCredentialReportResult
from accounts.tenancy import queries as tenancy
from accounts.tenancy.operator import demand_worker
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, ReportExpired, ReportInProgress, ReportNotPresent
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING

NO_REPORT = "No report exists. Starting a new report generation task"
ENTITY = "credential_report"


def _of(account_id: str, *, lock: bool = False) -> CredentialReport | None:
    rows = CredentialReport.objects.filter(account_id=account_id)
    found: CredentialReport | None = (rows.select_for_update() if lock else rows).first()
    return found


@operation(Access.WRITE, on=ANYTHING, rest=Rest("POST", "/credential-report"), errors=(LimitExceeded,))
def generate_credential_report(call: Call) -> GenerateCredentialReportResult:
    """Order a report of all users and their credentials; GetCredentialReport gives it once it is COMPLETE.

    A report that is less than four hours old is not made anew.
    """
    account = tenancy.lock(call.account_id)
    report = _of(call.account_id)
    if report and report.is_current(call.time):
        return GenerateCredentialReportResult(state="COMPLETE")
    if report and report.generated is None:
        return GenerateCredentialReportResult(state="INPROGRESS")
    CredentialReport.objects.update_or_create(
        account=account, defaults={"ordered": call.time, "generated": None, "leased_until": None, "content": b""}
    )
    call.emit(ENTITY, account.pk, "ordered")
    return GenerateCredentialReportResult(state="STARTED", description=NO_REPORT)


@operation(
    Access.READ,
    on=ANYTHING,
    rest=Rest("GET", "/credential-report"),
    errors=(ReportNotPresent, ReportExpired, ReportInProgress),
)
def get_credential_report(call: Call) -> GetCredentialReportResult:
    """Get the account's credential report as CSV: a line for the root user and one for each user."""
    report = _of(call.account_id)
    if report is None:
        raise ReportNotPresent
    if report.generated is None:
        raise ReportInProgress
    if not report.is_current(call.time):
        raise ReportExpired
    return GetCredentialReportResult(
        content=zlib.decompress(report.content), report_format="text/csv", generated_time=report.generated
    )


def _content(call: Call, _request: Any) -> bytes:
    """The report; a page of users at a time, before the transaction that stores it holds anybody up."""
    demand_worker(call)
    return credentials.compressed(call.account_id)


@operation(Access.WRITE, on=ANYTHING, service="iamconsole", rest=None, errors=(ReportNotPresent,), beforehand=_content)
def write_credential_report(call: Call) -> None:
    """Generate the report that was ordered. The workers' alone; one that is there already is left as it is."""
    demand_worker(call)
    report = _of(call.account_id, lock=True)
    if report is None:
        raise ReportNotPresent
    if report.generated is None:
        report.content = call.prepared or _content(call, None)
        report.generated = call.time
        report.save(update_fields=["content", "generated"])
        call.emit(ENTITY, call.account_id, "generated")
