"""What an operation that is not run yet would edit, and in whose policies: found and refused as by the operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from accounts.attachments import lifecycle as attachments
from accounts.groups import queries as groups
from accounts.groups.models import Group, Membership
from accounts.inline_policies import lifecycle as inline_policies
from accounts.roles import queries as roles
from accounts.roles.models import Role
from accounts.users import queries as users
from accounts.users.models import User
from iamconsole.audit.access import holdings
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import REGISTRY
from iamconsole.kernel.shapes import Shape
from policies.documents import queries as documents
from policies.documents.models import ManagedPolicy
from policies.engine import Bound, Layer, PolicyKind, Source, compiled
from policies.previews import Edit, LayerEdit

NAMES: Final = ("user_name", "group_name", "role_name", "policy_name", "policy_arn")
Edits = Mapping[str, list[Edit]]
"""What is edited in the policies of users and roles, by unique id."""
MEMBERS: Final = ("user_name", "group_name", "role_name", "policy_name", "policy_arn", "policy_document",
                  "permissions_boundary")  # fmt: skip
"""What any of the operations takes."""


def request_of(change: Shape) -> Any:
    """The input of the operation that a change names; ValidationError for what that would refuse."""
    given = {name: value for name in MEMBERS if (value := getattr(change, name)) is not None}
    return REGISTRY[getattr(change, "action")].decode(given)  # noqa: B009


def edits(call: Call, changes: Iterable[Any]) -> Edits:
    """What the operations would edit; the faults are their own, and InvalidInput where one depends on another."""
    changes = list(dict.fromkeys(changes))
    _demand_independent(changes)
    found: defaultdict[str, list[Edit]] = defaultdict(list)
    for change in changes:
        whom, edit = EDITS[change.action](call, request_of(change))
        for ident in whom:
            found[ident] += [edit] if edit else []
    return found


DEPENDS: Final = "{action}: another change is about {what} as well; preview them one after the other."


def _demand_independent(changes: list[Any]) -> None:
    """Each is found as things are now, so none may be about what another has changed by then."""
    known: set[tuple[str, ...]] = set()
    joined = {change.group_name.lower() for change in changes if change.group_name and change.user_name}
    for change in changes:
        names = [(getattr(change, name) or "").lower() for name in NAMES]
        thing = (*names, "boundary" if "Boundary" in change.action else "")
        if thing in known:
            raise InvalidInput(DEPENDS.format(action=change.action, what="the same"))
        known.add(thing)
        if change.group_name and not change.user_name and change.group_name.lower() in joined:
            raise InvalidInput(DEPENDS.format(action=change.action, what=f"the users of {change.group_name}"))


# --- the policies of a user, group or role -------------------------------------------------------------


def _user(call: Call, request: Any) -> User:
    return users.find(call.account_id, request.user_name)


def _group(call: Call, request: Any) -> Group:
    return groups.find(call.account_id, request.group_name)


def _role(call: Call, request: Any) -> Role:
    return roles.demand_modifiable(roles.find(call.account_id, request.role_name))


def _put(call: Call, owner: Any, request: Any) -> LayerEdit:
    name, text = request.policy_name, request.policy_document
    present = inline_policies.documents_of(owner)
    old = present.pop(name, None)
    inline_policies.demand_fitting(call, owner, text, beside=present.values())
    before = () if old is None else (_inline(owner, name, old),)
    return LayerEdit(Layer.IDENTITY, before, (_inline(owner, name, text),))


def _delete(_call: Call, owner: Any, request: Any) -> LayerEdit:
    row = inline_policies.find(owner, request.policy_name)
    return LayerEdit(Layer.IDENTITY, (_inline(owner, row.name, row.document),))


def _attach(call: Call, owner: Any, request: Any) -> LayerEdit | None:
    policy = attachments.attachable(call, owner, request.policy_arn)
    return LayerEdit(Layer.IDENTITY, after=(_managed(policy),)) if policy else None


def _detach(call: Call, owner: Any, request: Any) -> LayerEdit:
    return LayerEdit(Layer.IDENTITY, (_managed(attachments.find(call, owner, request.policy_arn).policy),))


def _bound(call: Call, owner: Any, request: Any) -> LayerEdit:
    policy = attachments.boundary(call, owner, getattr(request, "permissions_boundary", None))
    before = (_managed(owner.boundary),) if owner.boundary else ()
    return LayerEdit(Layer.BOUNDARY, before, (_managed(policy),) if policy else ())


def _inline(owner: Any, name: str, text: str) -> Bound:
    source = Source(id=f"{owner.unique_id}/{name}", type=owner.arn_kind, name=name)
    return Bound(source, compiled(text, PolicyKind.IDENTITY))


def _managed(policy: ManagedPolicy) -> Bound:
    text = documents.version(policy, f"v{policy.default_version}").document
    source = Source(id=policy.unique_id, type="user-managed", arn=policy.arn, name=policy.name)
    return Bound(source, compiled(text, PolicyKind.IDENTITY))


# --- the members of a group ------------------------------------------------------------------------------


def _join(call: Call, request: Any) -> tuple[list[str], Edit | None]:
    group, user = _group(call, request), _user(call, request)
    mine = Membership.objects.filter(user=user)
    if mine.filter(group=group).exists():
        return [user.unique_id], None
    call.quota("GroupsPerUser").check(mine.count())
    return [user.unique_id], LayerEdit(Layer.IDENTITY, after=_all_of(group))


def _leave(call: Call, request: Any) -> tuple[list[str], Edit | None]:
    group, user = _group(call, request), _user(call, request)
    if not Membership.objects.filter(user=user, group=group).exists():
        raise NoSuchEntity(f"User {user.name} not in group {group.name}")
    return [user.unique_id], LayerEdit(Layer.IDENTITY, _all_of(group))


def _all_of(group: Group) -> tuple[Bound, ...]:
    (held,) = holdings.of(group.account_id, "group", [group.unique_id])
    return tuple(each.bound for each in held.granted)


# --- all of them as a table --------------------------------------------------------------------------------

Make = Callable[[Call, Any, Any], LayerEdit | None]
FINDS: Final = {"User": _user, "Group": _group, "Role": _role}
MAKES: Final[Mapping[str, tuple[Make, tuple[str, ...]]]] = {
    "iam:Put{}Policy": (_put, ("User", "Group", "Role")),
    "iam:Delete{}Policy": (_delete, ("User", "Group", "Role")),
    "iam:Attach{}Policy": (_attach, ("User", "Group", "Role")),
    "iam:Detach{}Policy": (_detach, ("User", "Group", "Role")),
    "iam:Put{}PermissionsBoundary": (_bound, ("User", "Role")),
    "iam:Delete{}PermissionsBoundary": (_bound, ("User", "Role")),
}


def _of_owner(find: Callable[[Call, Any], Any], make: Make) -> Callable[[Call, Any], tuple[list[str], Edit | None]]:
    def edit(call: Call, request: Any) -> tuple[list[str], Edit | None]:
        owner = find(call, request)
        return _concerned(owner), make(call, owner, request)

    return edit


def _concerned(owner: Any) -> list[str]:
    if owner.arn_kind != "group":
        return [owner.unique_id]
    members = Membership.objects.filter(account_id=owner.account_id, group=owner)
    return list(members.values_list("user__unique_id", flat=True))


EDITS: Final[Mapping[str, Callable[[Call, Any], tuple[list[str], Edit | None]]]] = {
    **{
        pattern.format(kind): _of_owner(FINDS[kind], make) for pattern, (make, kinds) in MAKES.items() for kind in kinds
    },
    "iam:AddUserToGroup": _join,
    "iam:RemoveUserFromGroup": _leave,
}
