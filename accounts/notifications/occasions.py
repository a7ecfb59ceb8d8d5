"""Which operations people are told of: one table from the action to the message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accounts.access_keys.models import AccessKey
from accounts.notifications import addresses
from accounts.notifications.outbox import notify
from accounts.users.models import User
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource
from iamconsole.storage.named import name_key

SWEEP: Final = "stale-credentials"
"""The worker that deactivates unused keys; others that deactivate one tell of it themselves."""
Asked = Callable[[Call, Any, Any], bool]
Facts = Callable[[Call, Any, Any], Mapping[str, str]]


def _always(_call: Call, _request: Any, _result: Any) -> bool:
    return True


def _nothing_more(_call: Call, _request: Any, _result: Any) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Occasion:
    """A message that a successful operation gives rise to: when, and with which facts besides who and from where."""

    kind: str
    when: Asked = _always
    facts: Facts = _nothing_more


def _by_root(call: Call, _request: Any, _result: Any) -> bool:
    return call.principal.type is PrincipalType.ROOT


def _by_user_from_new_address(call: Call, _request: Any, _result: Any) -> bool:
    return call.principal.is_user and addresses.is_new(call)


def _for_root(_call: Call, _request: Any, result: Any) -> bool:
    return result.access_key.user_name is None


def _by_another(call: Call, request: Any, _result: Any) -> bool:
    own = call.principal.is_user and name_key(call.principal.name) == name_key(request.user_name)
    return request.password is not None and not own


def _by_sweep(call: Call, request: Any, _result: Any) -> bool:
    return call.principal.name == SWEEP and call.principal.type is PrincipalType.WORKER and request.status == "Inactive"


def _of_key(call: Call, request: Any, _result: Any) -> Mapping[str, str]:
    key = AccessKey.objects.get(account_id=call.account_id, pk=request.access_key_id)
    return {"credential": f"Access key {key.pk}", "since": f"{key.last_used or key.created:%Y-%m-%d}"}


OCCASIONS: Final[Mapping[str, tuple[Occasion, ...]]] = {
    "signin:ConsoleLogin": (
        Occasion("root-signed-in", _by_root),
        Occasion("sign-in-from-new-address", _by_user_from_new_address),
    ),
    "iamconsole:CreateBreakglassLink": (Occasion("break-glass-link-created"),),
    "iamconsole:RedeemBreakglassLink": (Occasion("break-glass-used"),),
    "iam:CreateAccessKey": (
        Occasion(
            "root-access-key-created", _for_root, lambda _c, _r, made: {"access_key_id": made.access_key.access_key_id}
        ),
    ),
    "iam:UpdateAccessKey": (Occasion("credential-deactivated", _by_sweep, _of_key),),
    "iam:UpdateLoginProfile": (Occasion("password-reset", _by_another),),
    "iam:DeactivateMFADevice": (
        Occasion("mfa-device-deactivated", facts=lambda _c, given, _m: {"serial_number": given.serial_number}),
    ),
    "iamconsole:PutNotificationSettings": (Occasion("notification-settings-changed"),),
}


def tell(call: Call, operation: Operation, request: Any, result: Any, resources: Sequence[Resource]) -> None:
    """Write the messages that a successful call gives rise to, in its transaction."""
    for occasion in OCCASIONS.get(operation.action, ()):
        if occasion.when(call, request, result):
            subject = _subject(call, resources)
            notify(
                call.account_id,
                occasion.kind,
                subject,
                {
                    "by": call.principal.arn,
                    "address": call.origin.source_ip or "this host",
                    **occasion.facts(call, request, result),
                },
                now=call.time,
                user_id=_user_of(call, subject),
            )


def _subject(call: Call, resources: Sequence[Resource]) -> str:
    """What the call was about: the resource it names, else whoever called."""
    named = [resource.arn for resource in resources if resource.arn.startswith("arn:")]
    return named[0] if named else call.principal.arn


def _user_of(call: Call, arn: str) -> str:
    """The unique id of the IAM user whom an ARN names, if it names one."""
    if ":user/" not in arn:
        return ""
    if arn == call.principal.arn:
        return call.principal.unique_id
    user: User | None = User.objects.filter(
        account_id=call.account_id, name_key=name_key(arn.rpartition("/")[2])
    ).first()
    return user.unique_id if user else ""
