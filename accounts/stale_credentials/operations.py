"""What can be done about credentials that nobody uses.

Only keys are deactivated: that is undone in one step. For a password there is no such step, as taking it away deletes
it; its owner is told, and the rest is an administrator's.
"""

from __future__ import annotations

from accounts.access_keys.models import AccessKey
from accounts.notifications.outbox import notify
from accounts.stale_credentials import finding, shapes
from accounts.stale_credentials.finding import KEY, Stale
from accounts.stale_credentials.models import StaleCredentialSettings, StaleKeyNotice
from accounts.tenancy import queries as tenancy
from accounts.tenancy.operator import demand_worker
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, InvalidInput
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import AccessKeyId, Marker, MaxItems
from iamconsole.storage.named import name_key

OWN = "iamconsole"
ENTITY = "stale_credentials"


@operation(Access.READ, on=ANYTHING, service=OWN, rest=Rest("GET", "/stale-credentials/settings"))
def get_stale_credential_settings(call: Call) -> shapes.StaleCredentialSettings:
    """Show what the account does about credentials that nobody uses."""
    chosen = finding.of(call.account_id)
    return shapes.StaleCredentialSettings(
        enabled=chosen.enabled,
        unused_days=chosen.unused_days,
        notice_days=chosen.notice_days,
        exempt_users=chosen.exempt_users,
        exempt_tag=chosen.exempt_tag or None,
        last_run_skipped=chosen.skipped or None,
    )


@operation(
    Access.WRITE,
    on=ANYTHING,
    service=OWN,
    rest=Rest("PUT", "/stale-credentials/settings", status=204),
    errors=(ConcurrentModification,),
)
def put_stale_credential_settings(
    call: Call,
    *,
    enabled: bool,
    unused_days: shapes.UnusedDays = 90,
    notice_days: shapes.NoticeDays = 14,
    exempt_users: shapes.ExemptUsers = [],  # noqa: B006  (a shape's default; pydantic copies it)
    exempt_tag: shapes.ExemptTag | None = None,
) -> None:
    """Say whether access keys that nobody used for so many days are deactivated, after a notice to their owners.

    Users who are named, or who have the tag, are left alone; so is root. Turning it off forgets the notices, so that
    everybody is told again before anything is deactivated. ListStaleCredentials tells beforehand whom it would hit.
    """
    account = tenancy.lock(call.account_id)
    StaleCredentialSettings.objects.update_or_create(
        account=account,
        defaults={
            "enabled": enabled,
            "unused_days": unused_days,
            "notice_days": notice_days,
            "exempt_users": exempt_users,
            "exempt_tag": exempt_tag or "",
            "skipped": "",
        },
    )
    if not enabled:
        StaleKeyNotice.objects.filter(account_id=call.account_id).delete()
    call.emit(ENTITY, account.pk, "updated")


@operation(Access.LIST, on=ANYTHING, service=OWN, pages="stale_credentials", rest=Rest("GET", "/stale-credentials"))
def list_stale_credentials(
    call: Call,
    *,
    unused_days: shapes.UnusedDays | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListStaleCredentialsResult:
    """List the credentials that nobody used for so long, whether or not anything is done about them; changes nothing.

    `unused_days` tries another number than the account's. A page has the credentials of `max_items` users.
    """
    chosen = finding.of(call.account_id)
    chosen.unused_days = unused_days or chosen.unused_days
    found, rest = page(finding.holders(chosen, call.time), by="name_key", marker=marker, max_items=max_items)
    return shapes.ListStaleCredentialsResult(
        stale_credentials=[
            _shown(stale, chosen) for user in found for stale in finding.credentials(user, chosen, call.time)
        ],
        **rest,
    )


def _shown(stale: Stale, chosen: StaleCredentialSettings) -> shapes.StaleCredential:
    return shapes.StaleCredential(
        user_name=stale.user.name,
        user_arn=stale.user.arn,
        kind=stale.kind,
        access_key_id=stale.key_id or None,
        unused_since=stale.since,
        noticed=stale.noticed is not None,
        deactivation_date=stale.noticed + chosen.notice if stale.noticed else None,
    )


@operation(Access.WRITE, on=ANYTHING, service=OWN, rest=None)
def notice_stale_credentials(call: Call, *, user_names: shapes.UserNames) -> None:
    """Tell these users of the credentials that they do not use, each once. The workers' alone."""
    demand_worker(call)
    chosen = finding.of(call.account_id)
    named = finding.holders(chosen, call.time).filter(name_key__in=[name_key(name) for name in user_names])
    for user in named:
        for stale in finding.credentials(user, chosen, call.time):
            _notice(call, stale, chosen)


def _notice(call: Call, stale: Stale, chosen: StaleCredentialSettings) -> None:
    if stale.kind == KEY:
        if stale.noticed is not None:
            return
        StaleKeyNotice.objects.update_or_create(
            account_id=call.account_id, access_key_id=stale.key_id, defaults={"noticed": call.time}
        )
        consequence = f"It will be deactivated on {call.time + chosen.notice:%Y-%m-%d} unless it is used before."
    else:
        consequence = "Ask an administrator to take it away if you do not need it."
    notify(
        call.account_id,
        "credential-unused",
        stale.user.arn,
        {
            "credential": f"Access key {stale.key_id}" if stale.kind == KEY else "The console password",
            "since": f"{stale.since:%Y-%m-%d}",
            "consequence": consequence,
        },
        now=call.time,
        user_id=stale.user.unique_id,
        once=None if stale.kind == KEY else f"password-unused/{stale.user.unique_id}/{int(stale.since.timestamp())}",
    )


@operation(Access.WRITE, on=ANYTHING, service=OWN, rest=None, errors=(InvalidInput,))
def settle_stale_key(call: Call, *, access_key_id: AccessKeyId) -> None:
    """Use up the notice of a key whose notice period has passed; InvalidInput where the key is to stay active.

    The workers' alone: in one transaction with the UpdateAccessKey that deactivates it. A key that is activated again
    afterwards gets a notice of its own.
    """
    demand_worker(call)
    chosen = finding.of(call.account_id)
    key = AccessKey.objects.select_for_update().filter(account_id=call.account_id, pk=access_key_id).first()
    users = finding.holders(chosen, call.time).filter(pk=key.user_id) if key and chosen.enabled else ()
    found = [stale for user in users for stale in finding.credentials(user, chosen, call.time)]
    if not any(stale.key_id == access_key_id and finding.is_ripe(stale, chosen, call.time) for stale in found):
        raise InvalidInput(f"Access key {access_key_id} was used, or its notice period has not passed.")
    StaleKeyNotice.objects.filter(account_id=call.account_id, access_key_id=access_key_id).delete()


@operation(Access.WRITE, on=ANYTHING, service=OWN, rest=None)
def skip_stale_credentials(call: Call, *, reason: shapes.Reason) -> None:
    """Put on record why a run left everything as it is, or with an empty reason that it did not. The workers' alone."""
    demand_worker(call)
    StaleCredentialSettings.objects.filter(account_id=call.account_id).update(skipped=reason)
