"""Every kind of message: what it says, and to whom. A new one is a row here and whoever writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

USER, ACCOUNT = "user", "account"
"""The user whose credential it is; the root user and the account's contacts."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message. `text` is filled with the facts, and with `account` and `subject`.

    `told`: whom. A user without an e-mail address is not left out: the account is told instead. A message that
    concerns `security` goes out on every channel there is, whatever an account has set.
    """

    name: str
    title: str
    text: str
    told: tuple[str, ...]
    security: bool = True

    def filled(self, facts: Mapping[str, str], *, account_id: str, subject: str) -> str:
        """The text; KeyError where it names a fact that is not given."""
        return self.text.format_map({**facts, "account": account_id, "subject": subject})


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "root-signed-in",
            "The root user signed in",
            "The root user of account {account} signed in to the console from {address}.",
            (ACCOUNT,),
        ),
        Kind(
            "root-access-key-created",
            "An access key was created for the root user",
            "Access key {access_key_id} of the root user was created by {by} from {address}. Nothing limits what it "
            "may do; delete it unless you asked for it.",
            (ACCOUNT,),
        ),
        Kind(
            "break-glass-link-created",
            "A break-glass link was made",
            "{by} made a link that signs the root user of account {account} in once without a password.",
            (ACCOUNT,),
        ),
        Kind(
            "break-glass-used",
            "A break-glass link was used",
            "Somebody at {address} signed in as the root user of account {account} with a break-glass link.",
            (ACCOUNT,),
        ),
        Kind(
            "mfa-device-deactivated",
            "An MFA device was deactivated",
            "MFA device {serial_number} of {subject} was deactivated by {by} from {address}.",
            (USER, ACCOUNT),
        ),
        Kind(
            "password-reset",
            "Your console password was set by somebody else",
            "The console password of {subject} was set by {by} from {address}. Sessions that were open have ended.",
            (USER,),
        ),
        Kind(
            "sign-in-from-new-address",
            "A sign-in from a new address",
            "{subject} signed in to the console from {address}, for the first time from there. If that was not you, "
            "change the password and end the session.",
            (USER,),
        ),
        Kind(
            "password-expiring",
            "Your console password expires soon",
            "The console password of {subject} expires on {expires}. Change it before.",
            (USER,),
            security=False,
        ),
        Kind(
            "password-expired",
            "Your console password has expired",
            "The console password of {subject} expired on {expires}. {remedy}",
            (USER,),
            security=False,
        ),
        Kind(
            "credential-unused",
            "A credential is not used",
            "{credential} of {subject} has not been used since {since}. {consequence}",
            (USER,),
            security=False,
        ),
        Kind(
            "credential-deactivated",
            "An unused access key was deactivated",
            "{credential} of {subject} has not been used since {since} and was deactivated. Set it to Active to use it "
            "again.",
            (USER, ACCOUNT),
        ),
        Kind(
            "access-key-expiring",
            "An access key is about to be replaced",
            "Access key {access_key_id} of {subject} will be replaced on {date}. {arrives}",
            (USER,),
            security=False,
        ),
        Kind(
            "key-rotation-blocked",
            "A key rotation cannot begin",
            "Access key {access_key_id} of {subject} cannot be replaced. {why}",
            (USER, ACCOUNT),
            security=False,
        ),
        Kind(
            "key-rotation-failed",
            "A rotated access key does not arrive",
            "The rotation of access key {access_key_id} of {subject} is held up: the delivery fails ({why}). It is "
            "tried again, and the key works meanwhile.",
            (USER, ACCOUNT),
            security=False,
        ),
        Kind(
            "audit-chain-broken",
            "The audit trail does not verify",
            "The audit trail of account {account} is broken at record {record}: {why}. Records may have been altered "
            "in the database. Run `manage.py audit verify` and compare the exported checkpoints.",
            (ACCOUNT,),
        ),
        Kind(
            "notification-settings-changed",
            "The notification settings were changed",
            "{by} changed from {address} where messages of account {account} go.",
            (ACCOUNT,),
        ),
        Kind("test", "A test message", "{by} asked for this message, to see that it arrives.", (ACCOUNT,)),
    )
}
