"""What users, groups and roles have in common: the names of their operations and where their pages are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import register_converter, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity that policies are attached to."""

    word: str  # as in `user_name` and `AttachUserPolicy`
    plural: str  # as in the console's URLs
    label: Any
    title: Any
    size_quota: str
    has_boundary: bool = True
    has_tags: bool = True

    @property
    def member(self) -> str:
        return f"{self.word}_name"

    def action(self, pattern: str) -> str:
        """`iam:AttachUserPolicy` for `Attach{}Policy`."""
        return f"iam:{pattern.format(self.word.capitalize())}"

    def named(self, name: str) -> dict[str, str]:
        """The member that names an entity of this kind."""
        return {self.member: name}

    def url(self, name: str, page: str = "") -> str:
        """Where a page of an entity is."""
        if page:
            return reverse(f"console:{page}", args=[self, name])
        return reverse(f"console:{self.word}", args=[name])


USER = Kind("user", "users", _("User"), _("Users"), "UserPolicySize")
GROUP = Kind(
    "group", "groups", _("User group"), _("User groups"), "GroupPolicySize", has_boundary=False, has_tags=False
)
ROLE = Kind("role", "roles", _("Role"), _("Roles"), "RolePolicySize")
KINDS = {kind.plural: kind for kind in (USER, GROUP, ROLE)}


class KindConverter:
    """`users`, `groups` or `roles` in a path."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        return KINDS[value]

    def to_url(self, value: Kind) -> str:
        return value.plural


class PolicyArnConverter:
    """The ARN of a managed policy in a path, its slashes included."""

    regex = r"arn:aws:iam::(?:\d{12}|aws):policy/.+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind")
register_converter(PolicyArnConverter, "policy_arn")
