"""Resources: what an operation acts on, as the authorizer sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iamconsole.kernel.call import Call


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a request: its ARN, owner and tags; `facts` are condition keys only this resource knows.

    `trust_policy` is that of a role to be assumed, its principals bound by unique id: it must allow too. `many`: the
    ARN ends in `*` and stands for all that begin like it, those to come among them; each must be allowed.
    """

    arn: str
    account_id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    trust_policy: str = ""
    many: bool = False


Locate = Callable[["Call", Any], Resource | Sequence[Resource]]
Foresee = Callable[[str, Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource and how to find the one that an input names.

    `locate(call, input)` gives the stored ARN and tags where the resource exists, else the ARN it would have: AWS
    authorizes before it tells whether something exists. `foresee(account_id, named)` reads what many inputs will
    name in one query, if it can (`storage.resources.looked_up_once`).
    """

    service: str
    name: str
    locate: Locate
    foresee: Foresee | None = None


def account_wide(suffix: str) -> Locate:
    """A collection of the caller's account, such as `user/` for ListUsers."""

    def locate(call: Call, _input: Any) -> Resource:
        return Resource(arn=f"arn:aws:iam::{call.account_id}:{suffix}", account_id=call.account_id)

    return locate


def _anything(call: Call, _input: Any) -> Resource:
    return Resource(arn="*", account_id=call.account_id)


ANYTHING = ResourceType("*", "*", _anything)
"""For actions without a resource type: only a policy on `*` allows them."""
