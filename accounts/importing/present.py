"""Which entities there are, by kind and name; names are the same whatever their case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from accounts.importing.document import Details

Names = Mapping[str, str]  # as compared → as written


@dataclass(frozen=True, slots=True)
class Present:
    """Names by kind: `user`, `group`, `role`, `policy`, `instance profile`."""

    kinds: Mapping[str, Names] = field(default_factory=dict)

    @classmethod
    def of(cls, details: Details, *, instance_profiles: Iterable[str] = ()) -> Present:
        """Everything a document holds; profiles without a role are in no document and come beside it."""
        held = [p.instance_profile_name for role in details.role_detail_list for p in role.instance_profile_list]
        return cls(
            {
                "policy": _names(policy.policy_name for policy in details.own_policies),
                "group": _names(group.group_name for group in details.group_detail_list),
                "user": _names(user.user_name for user in details.user_detail_list),
                "role": _names(role.role_name for role in details.role_detail_list),
                "instance profile": _names([*held, *instance_profiles]),
            }
        )

    def has(self, kind: str, name: str) -> bool:
        return name.lower() in self.kinds.get(kind, {})

    def common(self, other: Present) -> Iterator[str]:
        """What both have, as `user ada`."""
        for kind, names in self.kinds.items():
            yield from (f"{kind} {name}" for key, name in sorted(names.items()) if other.has(kind, key))


def _names(names: Iterable[str]) -> Names:
    return {name.lower(): name for name in names}


NOTHING = Present()
