"""Saved views by their owners."""

from __future__ import annotations

from django.db.models import Q

from accounts.saved_views.models import DefaultView, SavedView


def forget(account_id: str, unique_id: str) -> None:
    """Delete the views, shared or not, of a user or of all sessions of a role that is deleted, and what opened lists.

    Nobody else can have them: `aws:userid` begins with an id that is never given again.
    """
    theirs = Q(owner=unique_id) | Q(owner__startswith=f"{unique_id}:")
    DefaultView.objects.filter(theirs, account_id=account_id).delete()
    SavedView.objects.filter(theirs, account_id=account_id).delete()
