"""Deleting a managed policy with its versions and attachments."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.consequences import GRANTED, VERSIONS, consequence, refused
from iamconsole.interfaces.console.pages.policies import previews
from iamconsole.interfaces.console.pages.policies.detail import crumbs
from iamconsole.interfaces.console.pages.policies.entities import ATTACHED, used_on
from iamconsole.interfaces.console.visit import Item, Visit


def policy_delete(visit: Visit, arn: str) -> HttpResponse:
    """Delete a policy: detached everywhere and its versions deleted first, in one batch."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    visit.demand("iam:DeletePolicy", policy_arn=arn)
    items, attached, spare = deletion(visit, arn)
    own = items[len(attached) :]
    wrong = ""
    if visit.posting:
        if visit.request.POST.get("confirm") == policy.policy_name:
            visit.batch(items)
            return visit.redirect(
                reverse("console:policies"), _("Policy %(name)s was deleted.") % {"name": policy.policy_name}
            )
        wrong = _("This is not the name of the policy.")
    bounded = policy.permissions_boundary_usage_count
    there = reverse("console:policy", args=[arn])
    context = {
        "title": _("Delete %(name)s?") % {"name": policy.policy_name},
        "breadcrumbs": crumbs(policy, _("Delete")),
        "consequences": [
            *consequence(GRANTED, attached, "unlink"),
            *consequence(VERSIONS, spare, "scroll-text"),
        ],
        "preview": previews.of_change(visit, arn) if attached and not bounded else None,
        "blockers": [
            {
                "label": _("It is a permissions boundary; without it those users and roles could do more."),
                "url": reverse("console:policy-entities", args=[arn]),
            }
        ]
        if bounded
        else refused(visit, own),  # entities may be too many to ask about each
        "typed_name": policy.policy_name,
        "typed_error": wrong,
        "submit_label": _("Delete policy"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def deletion(visit: Visit, arn: str) -> tuple[list[Item], list[str], list[str]]:
    """The operations that delete a policy everywhere; who has it attached, and which older versions there are."""
    attached = used_on(visit, arn, ATTACHED)
    versions: list[Any] = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    spare = [version.version_id for version in versions if not version.is_default_version]
    items: list[Item] = [
        (kind.action("Detach{}Policy"), {**kind.named(name), "policy_arn": arn}) for kind, name in attached
    ]
    items += [("iam:DeletePolicyVersion", {"policy_arn": arn, "version_id": version}) for version in spare]
    return [*items, ("iam:DeletePolicy", {"policy_arn": arn})], [name for _kind, name in attached], spare
