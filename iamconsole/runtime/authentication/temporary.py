"""Temporary credentials: the session that a request presents, and what its principal is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from accounts.sts import tokens
from iamconsole.kernel.errors import ExpiredToken, InvalidClientTokenId
from iamconsole.kernel.sessions import Session
from iamconsole.runtime.authentication.sigv4 import Presented
from iamconsole.storage.identifiers import Prefix
from iamconsole.storage.tags import without

PREFIX: Final = Prefix.TEMPORARY_KEY.value


def is_temporary(presented: Presented) -> bool:
    """Whether the key that signed is one of temporary credentials, by its id."""
    return presented.access_key_id.startswith(PREFIX)


def session_of(presented: Presented, *, now: datetime) -> Session:
    """The session whose key signed: InvalidClientTokenId without its very token, ExpiredToken when it is over.

    Whether its principal is still there is for the caller to find out; so is whether the signature holds.
    """
    if presented.security_token is None:
        raise InvalidClientTokenId
    return opened(presented.access_key_id, presented.security_token, now=now)


def opened(access_key_id: str, token: str, *, now: datetime) -> Session:
    """The session of a token, the same way, whichever way the two were presented."""
    session = tokens.opened(access_key_id, token)
    if session.expires <= now:
        raise ExpiredToken
    return session


def secret_of(presented: Presented) -> str:
    """The secret that `session_of` made sure is there."""
    return tokens.secret_of(presented.access_key_id, presented.security_token or "")


def tags_of(session: Session, own: Mapping[str, str]) -> dict[str, str]:
    """The tags of the role or user, and over them those of the session."""
    return without(own, session.tags, ignore_case=True) | dict(session.tags)


def role_session_arn(session: Session, role_name: str) -> str:
    """`arn:aws:sts::123456789012:assumed-role/app/ada`; the path of a role is no part of it."""
    return f"arn:aws:sts::{session.account_id}:assumed-role/{role_name}/{session.name}"


def federated_user_arn(session: Session) -> str:
    """`arn:aws:sts::123456789012:federated-user/ada`."""
    return f"arn:aws:sts::{session.account_id}:federated-user/{session.name}"
