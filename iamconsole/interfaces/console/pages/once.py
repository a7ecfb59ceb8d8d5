"""Secrets that are shown one single time: in the answer to the POST that made them, never kept anywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.visit import NO_STORE, Visit

FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("user_name", "password", "access_key_id", "secret_access_key", "console_url")


def credentials_page(
    visit: Visit,
    name: str,
    *,
    password: str = "",
    key: Any = None,
    continue_url: str,
    subtitle: Any = "",
    below: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    """A new password, a new key or both; `below` are the breadcrumbs before the name."""
    account = visit.request.user.account  # type: ignore[union-attr]
    sign_in = visit.request.build_absolute_uri(f"{reverse('console:signin')}?account={account.alias or account.pk}")
    secrets = [{"label": _("User name"), "value": name}]
    values = {"user_name": name, "console_url": sign_in if password else ""}
    if password:
        secrets += [
            {"label": _("Console sign-in"), "value": sign_in},
            {"label": _("Password"), "value": password, "sensitive": True},
        ]
        values["password"] = password
    if key is not None:
        secrets += [
            {"label": _("Access key ID"), "value": key.access_key_id},
            {"label": _("Secret access key"), "value": key.secret_access_key, "sensitive": True},
        ]
        values |= {"access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key}
    page = visit.page(
        "secret_once",
        {
            "title": _("Save the credentials of %(name)s") % {"name": name},
            "subtitle": subtitle,
            "breadcrumbs": [*below, {"label": name, "url": continue_url}, {"label": _("Credentials")}],
            "secrets": secrets,
            "download": {
                "url": reverse("console:credentials-csv"),
                "fields": [{"name": column, "value": values.get(column, "")} for column in COLUMNS],
            },
            "continue_url": continue_url,
        },
    )
    return visit.shown_once(page, continue_url)


def credentials_csv(visit: Visit) -> HttpResponse:
    """The credentials of the page before as a file: what was posted comes back, so nothing is kept here either."""
    if not visit.posting:
        return HttpResponse(status=405, headers={"Allow": "POST"})
    values = [visit.request.POST.get(column, "")[:512] for column in COLUMNS]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.replace("_", " ").capitalize() for column in COLUMNS)
    writer.writerow(
        inert(value) if column != "secret_access_key" else value for column, value in zip(COLUMNS, values, strict=True)
    )
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="credentials.csv"'
    response["Cache-Control"] = NO_STORE
    return response


def inert(value: str) -> str:
    """A spreadsheet would run a cell that begins like a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
