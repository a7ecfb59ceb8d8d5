"""Saved views for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.saved_views.models import OWN, SavedView, arn
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType

ANY = "*"


def _one(call: Call, request: Any) -> Resource:
    row = SavedView.objects.filter(account_id=call.account_id, id=request.view_id).first()
    return Resource(row.arn if row else arn(call.account_id, ANY, request.view_id), call.account_id)


def _of_list(call: Call, request: Any) -> Resource:
    """The views of the list that the input names, or of all lists."""
    return Resource(arn(call.account_id, request.list_name or ANY, ANY), call.account_id)


SAVED_VIEW = ResourceType(OWN, "saved-view", _one)
SAVED_VIEWS = ResourceType(OWN, "saved-view", _of_list)
