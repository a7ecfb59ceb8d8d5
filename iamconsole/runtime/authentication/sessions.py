"""The console session's user, asked anew on every request: whoever may no longer sign in is signed out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Principal
from iamconsole.runtime.authentication import second_factor
from iamconsole.runtime.authentication.identities import of_user

BACKEND = "iamconsole.runtime.authentication.sessions.ConsoleBackend"


def principal_of(request: HttpRequest) -> Principal:
    """The principal of a console session, with what the session knows of his second factor."""
    assert isinstance(request.user, User)
    return of_user(request.user, session=second_factor.facts(request.session, clock.now()))


class ConsoleBackend(BaseBackend):
    """Loads the user of a session; `runtime.authentication.passwords` is the only way to get one."""

    def get_user(self, user_id: Any) -> User | None:
        found: User | None = (
            User.objects.across_accounts("a session names its user by primary key alone")
            .select_related("account", "login_profile")
            .filter(pk=user_id)
            .first()
        )
        if found is None or not (found.is_root or hasattr(found, "login_profile")):
            return None
        return found
