"""Faults of the credential report."""

from __future__ import annotations

from iamconsole.kernel.errors.entities import EntityFault


class ReportNotPresent(EntityFault):
    """No credential report exists: order one with GenerateCredentialReport."""

    shape = "CredentialReportNotPresentException"
    status = 410


class ReportExpired(EntityFault):
    """The credential report is more than four hours old: order a new one with GenerateCredentialReport."""

    shape = "CredentialReportExpiredException"
    status = 410


class ReportInProgress(EntityFault):
    """The credential report is still being generated. Try again in a moment."""

    shape = "CredentialReportNotReadyException"
    status = 404
