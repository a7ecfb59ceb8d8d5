"""IAM users and each account's root user."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

from iamconsole.storage.named import NamedRow, TaggedRow, one_name_per_account
from iamconsole.storage.tenant import TenantQuerySet

ROOT_NAME = "<root_account>"  # the name AWS's credential report gives the root user; no IAM user name can be this


class UserManager(BaseUserManager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Finds users within an account; Django's session machinery asks by natural key, the unique id."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.across_accounts("a session names its user by unique id alone").get(unique_id=username)  # type: ignore[no-any-return]


class User(AbstractBaseUser, NamedRow, TaggedRow):
    """An IAM user or, with `is_root`, the account's root user (who signs in with `email`)."""

    email = models.EmailField(unique=True, null=True, blank=True)  # unique, so NULL
    is_root = models.BooleanField(default=False)
    boundary = models.ForeignKey(
        "policies.ManagedPolicy", null=True, blank=True, on_delete=models.PROTECT, related_name="bounded_users"
    )

    mfa_generation = models.PositiveIntegerField(default=0)  # rises as a device is taken away, which ends sessions

    last_login = None  # Django would write it outside of an operation; `LoginProfile.last_used` says the same

    objects = UserManager()

    USERNAME_FIELD = "unique_id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    arn_kind = "user"
    missing_text = "The user with name {name} cannot be found."
    taken_text = "User with name {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [
            one_name_per_account("user"),
            models.UniqueConstraint(fields=["account"], condition=models.Q(is_root=True), name="one_root_per_account"),
        ]

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:root" if self.is_root else super().arn

    @property
    def shown_name(self) -> str | None:
        """The name in answers, which leave it out for the root user."""
        return None if self.is_root else self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match: it ends when the password changes or an MFA device is taken away."""
        salt = f"accounts.User.session.{self.mfa_generation}"
        return salted_hmac(salt, self.password, secret=secret, algorithm="sha256").hexdigest()

    def is_session_auth_hash(self, presented: str) -> bool:
        """Whether a session matches, be it made under an older master key."""
        hashes = [self.get_session_auth_hash(), *self.get_session_auth_fallback_hash()]
        return any(constant_time_compare(each, presented) for each in hashes)

    @property
    def is_active(self) -> bool:
        return True

    def __str__(self) -> str:
        return "root user" if self.is_root else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        NamedRow.save(self, *args, **kwargs)
