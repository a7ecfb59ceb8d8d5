"""Saving tags; what was refused stays in the form, each fault beside its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import tag_rows, tags_of
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.pages.policies.detail import policy_tags
from iamconsole.interfaces.console.pages.roles.detail import role_detail
from iamconsole.interfaces.console.pages.users.detail import user_detail
from iamconsole.interfaces.console.visit import Item, Refused, Visit
from iamconsole.kernel.errors import AccessDenied, Fault, NoSuchEntity

DETAILS: dict[str, Callable[..., HttpResponse]] = {"user": user_detail, "role": role_detail}


def tags(visit: Visit, kind: Kind, name: str) -> HttpResponse:
    """Save the tags of a user or role."""
    if not kind.has_tags:
        raise NoSuchEntity(_("There is no page at this address."))
    there = reverse(f"console:{kind.word}-tab", args=[name, "tags"])
    if not visit.posting:
        return visit.redirect(there)
    present = visit.all(kind.action("List{}Tags"), **kind.named(name))
    tag, untag = kind.action("Tag{}"), kind.action("Untag{}")
    kept = _save(visit, present, kind.named(name), tag=tag, untag=untag)
    return visit.redirect(there, _("The tags were saved.")) if kept else _again(DETAILS[kind.word](visit, name, "tags"))


def policy_tags_save(visit: Visit, arn: str) -> HttpResponse:
    """Save the tags of a managed policy."""
    there = reverse("console:policy-tags", args=[arn])
    if not visit.posting:
        return visit.redirect(there)
    present = visit.all("iam:ListPolicyTags", policy_arn=arn)
    kept = _save(visit, present, {"policy_arn": arn}, tag="iam:TagPolicy", untag="iam:UntagPolicy")
    return visit.redirect(there, _("The tags were saved.")) if kept else _again(policy_tags(visit, arn))


def _again(page: HttpResponse) -> HttpResponse:
    page.status_code = 400
    return page


def _save(visit: Visit, present: Sequence[Any], who: dict[str, str], *, tag: str, untag: str) -> bool:
    wanted = tags_of(visit.request.POST)
    try:
        visit.batch(retagging(present, wanted, who, tag=tag, untag=untag))
    except Refused as refused:
        if isinstance(refused.fault, AccessDenied):
            raise
        visit.unsaved_tags = _refused_rows(present, wanted, refused.fault), refused.fault.message
        return False
    return True


def _refused_rows(present: Sequence[Any], wanted: list[dict[str, str]], fault: Fault) -> list[dict[str, str]]:
    """The rows as they were typed; the operation counted only those that change."""
    changed = tag_rows(changes(present, wanted), fault)["rows"]
    errors = {(row["key"], row["value"]): row["error"] for row in changed}
    return [{**row, "error": errors.get((row["key"], row["value"]), "")} for row in wanted]


def changes(present: Sequence[Any], wanted: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The wanted tags that are not there yet."""
    had = {item.key: item.value for item in present}
    return [item for item in wanted if had.get(item["key"]) != item["value"]]


def retagging(
    present: Sequence[Any], wanted: Sequence[dict[str, str]], who: dict[str, str], *, tag: str, untag: str
) -> list[Item]:
    """The operations that make the tags of something the wanted ones; none where nothing changes."""
    gone = [item.key for item in present if item.key not in {row["key"] for row in wanted}]
    removed: list[Item] = [(untag, {**who, "tag_keys": gone})] if gone else []
    changed = changes(present, wanted)
    return [*removed, (tag, {**who, "tags": changed})] if changed else removed
