"""What can be done with console sessions: one's own without being asked, those of others with the permission."""

from __future__ import annotations

from accounts.console_sessions import queries
from accounts.console_sessions.models import ConsoleSession as Row
from accounts.console_sessions.shapes import ConsoleSession, ListConsoleSessionsResult, SessionId
from accounts.users import queries as users
from accounts.users.resources import USER_OR_CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import ExistingUserName

REST = "/console-sessions"


def _shown(call: Call, row: Row) -> ConsoleSession:
    return ConsoleSession(
        session_id=row.session_id,
        user_name=row.user.shown_name,
        started=row.started,
        last_seen=row.last_seen,
        source_ip=row.source_ip,
        user_agent=row.user_agent,
        current=row.session_id == call.principal.session.get(queries.SESSION_ID),
        acting_as=row.acting_as,
    )


@operation(Access.LIST, on=USER_OR_CALLER, service="iamconsole", rest=Rest("GET", REST), errors=(NoSuchEntity,))
def list_console_sessions(call: Call, *, user_name: ExistingUserName | None = None) -> ListConsoleSessionsResult:
    """List where a user, the caller unless named, is signed in to the console."""
    rows = queries.of(users.named_or_caller(call, user_name)).select_related("user")
    return ListConsoleSessionsResult(console_sessions=[_shown(call, row) for row in rows])


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    service="iamconsole",
    rest=Rest("DELETE", f"{REST}/{{session_id}}", status=204),
    errors=(NoSuchEntity,),
)
def revoke_console_session(call: Call, *, session_id: SessionId, user_name: ExistingUserName | None = None) -> None:
    """End a console session of a user, the caller unless named; it is over from its next request on."""
    user = users.named_or_caller(call, user_name, lock=True)
    gone, _ = queries.of(user).filter(session_id=session_id).delete()
    if not gone:
        raise NoSuchEntity(f"The console session {session_id} cannot be found.")
    call.emit("console_session", session_id, "deleted", revokes=True)


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    service="iamconsole",
    rest=Rest("DELETE", REST, status=204),
    errors=(NoSuchEntity,),
)
def revoke_console_sessions(call: Call, *, user_name: ExistingUserName | None = None) -> None:
    """End every console session of a user, the caller unless named, but the one that this call comes with."""
    user = users.named_or_caller(call, user_name, lock=True)
    queries.end_others(call, user)
    call.emit("console_session", user.unique_id, "deleted", revokes=True)
