"""All pages of a listing as one result, as the aws CLI gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iamconsole.interfaces.cli.output import PAGING, as_data
from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import dispatch

PAGE = 1000


def run(call: Call, operation: Operation, raw: Mapping[str, Any]) -> Any:
    """The result as data; a listing whose paging is left to us is followed to its end."""
    page = as_data(dispatch.execute(call, operation, raw))
    if not operation.pages or "Marker" in raw or "MaxItems" in raw:
        return page
    whole = dict(page)
    while page["IsTruncated"]:
        page = as_data(dispatch.execute(call, operation, {**raw, "Marker": page["Marker"], "MaxItems": PAGE}))
        for name, value in page.items():
            whole[name] = whole.get(name, []) + value if isinstance(value, list) else value
    return {name: value for name, value in whole.items() if name not in PAGING}
