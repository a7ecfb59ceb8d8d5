"""Opening an account: the tenant and its root user, in one operation of the local operator."""

from __future__ import annotations

from typing import Annotated

from accounts.passwords import rules
from accounts.passwords.models import LoginProfile
from accounts.tenancy.models import Account
from accounts.tenancy.shapes import AccountAlias
from accounts.users.models import ROOT_NAME, User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import EntityAlreadyExists, PasswordPolicyViolation
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Password, Shape, Text, Timestamp
from iamconsole.storage.identifiers import Prefix, unique_id

Email = Annotated[str, Text(3, 254, r"[^@\s]+@[^@\s]+")]


class OpenedAccount(Shape):
    """A new account."""

    account_id: str
    account_alias: str
    root_email: str
    create_date: Timestamp


class CreateAccountResult(Shape):
    account: OpenedAccount


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="iamconsole",
    rest=None,
    errors=(EntityAlreadyExists, PasswordPolicyViolation),
)
def create_account(
    call: Call, *, account_alias: AccountAlias, root_email: Email, root_password: Password
) -> CreateAccountResult:
    """Open the account of the call with a root user who signs in with an e-mail address.

    The local operator's alone: no policy of an account reaches beyond that account.
    """
    if Account.objects.filter(pk=call.account_id).exists():
        raise EntityAlreadyExists(f"The account {call.account_id} already exists.")
    if Account.objects.filter(alias=account_alias).exists():
        raise EntityAlreadyExists(f"The account alias {account_alias} already exists.")
    everywhere = User.objects.across_accounts("a root user's e-mail address is unique in the installation")
    if everywhere.filter(email__iexact=root_email).exists():
        raise EntityAlreadyExists(f"The e-mail address {root_email} belongs to another root user.")
    rules.check(root_password, account=account_alias, user_name=root_email)
    account = Account.objects.create(pk=call.account_id, alias=account_alias, created=call.time)
    root = User(
        account=account,
        unique_id=unique_id(Prefix.USER),
        name=ROOT_NAME,
        created=call.time,
        email=root_email.lower(),
        is_root=True,
    )
    root.set_password(root_password)
    root.save(force_insert=True)
    LoginProfile.objects.create(account=account, user=root, created=call.time, changed=call.time)
    call.emit("account", account.pk, "created")
    call.emit("user", root.unique_id, "created")
    return CreateAccountResult(
        account=OpenedAccount(
            account_id=account.pk, account_alias=account_alias, root_email=root_email, create_date=call.time
        )
    )
