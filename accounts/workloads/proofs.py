"""Who a workload is: by its host key, by a token signed with its private key, or by a session of its metadata service.

Whatever is wrong before a key was proven gets one answer: nobody learns which workloads there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson
from django.conf import settings
from django.core.cache import cache

from accounts.federation import tokens
from accounts.master_keys import ring
from accounts.workloads import keys
from accounts.workloads.models import HOSTS, Workload
from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.kernel.errors import AccessDenied, InvalidClientTokenId
from iamconsole.sealing import SealBroken, Signer

LIFETIME: Final = 300  # seconds a signed token may live, and clocks may differ
LONGEST_NONCE: Final = 128
SESSION: Final = "t1."  # how the Signer's tokens begin


@dataclass(frozen=True, slots=True)
class Proven:
    """A workload that proved itself; `by_session` tells that a metadata session did, which must not renew itself."""

    account_id: str
    workload_id: str
    key_mark: str
    by_session: bool


def prove(request: Any, now: datetime) -> Principal:
    """The workload that the proof is of, as the service that acts for it; InvalidClientTokenId for anybody else."""
    proof: str = request.proof
    if proof.startswith(SESSION):
        workload = _of_session(proof, now)
    elif proof.startswith(keys.PREFIX):
        workload = _of_host_key(proof)
    else:
        workload = _of_signed_token(proof, now)
    if request.workload_name not in (None, workload.name, workload.unique_id):
        raise InvalidClientTokenId
    return _principal(workload, by_session=proof.startswith(SESSION))


def _principal(workload: Workload, *, by_session: bool) -> Principal:
    return Principal(
        type=PrincipalType.SERVICE,
        account_id=workload.account_id,
        arn=workload.source_arn,
        unique_id="",
        user_id=workload.service,
        name=workload.name,
        session={"aws:SourceArn": workload.source_arn, "aws:SourceAccount": workload.account_id},
        vouched=Proven(workload.account_id, workload.unique_id, _key_mark(workload), by_session),
    )


def find(workload_id: str) -> Workload:
    """The active workload of this id, in whichever account it is."""
    rows = Workload.objects.across_accounts("the proof says which workload is calling").filter(active=True)
    found: Workload | None = rows.select_related("instance_profile__role", "role").filter(unique_id=workload_id).first()
    if found is None:
        raise InvalidClientTokenId
    return found


def _of_host_key(host_key: str) -> Workload:
    workload = find(host_key.removeprefix(keys.PREFIX).partition(".")[0])
    if not keys.matches(workload, host_key):
        raise InvalidClientTokenId
    return workload


# --- tokens signed by the workload (RFC 7523, section 3) -------------------------------------------------------------


def _of_signed_token(text: str, now: datetime) -> Workload:
    try:
        token = tokens.read(text)
        tokens.check_header(token)
    except tokens.BadToken:
        raise InvalidClientTokenId from None
    workload = find(str(token.claims.get("sub")))
    usable = tokens.suitable([workload.public_jwk] if workload.public_jwk else [], token.algorithm)
    if not usable or not tokens.is_verified(token, usable):
        raise InvalidClientTokenId
    if workload.key_expires is not None and workload.key_expires <= now:
        raise InvalidClientTokenId("The workload's certificate has expired: call RotateWorkloadKey with the next one.")
    _check(token.claims, workload, now.timestamp())
    return workload


def _check(claims: dict[str, Any], workload: Workload, now: float) -> None:
    issued, expires, nonce = (claims.get(name) for name in ("iat", "exp", "jti"))
    if claims.get("iss") != workload.unique_id or claims.get("aud") != settings.IAM_PUBLIC_URL:
        raise InvalidClientTokenId(f"The token must be from (iss) its workload, for (aud) {settings.IAM_PUBLIC_URL}.")
    if not _is_moment(issued) or not _is_moment(expires) or not 0 < expires - issued <= LIFETIME:
        raise InvalidClientTokenId(f"The token must say iat and exp, at most {LIFETIME} seconds apart.")
    if abs(now - issued) > LIFETIME or expires <= now:
        raise InvalidClientTokenId("The token is not of now: check the clock of the host.")
    if not isinstance(nonce, str) or not 0 < len(nonce) <= LONGEST_NONCE:
        raise InvalidClientTokenId(f"The token must have an id (jti) of at most {LONGEST_NONCE} characters.")
    mark = sha256(f"{workload.unique_id}/{nonce}".encode()).hexdigest()
    if not cache.add(f"workload:token:{mark}", 1, 2 * LIFETIME + 1):
        raise InvalidClientTokenId("The token was used before: sign a new one for every request.")


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# --- sessions of the metadata service ---------------------------------------------------------------------------------


def open_session(principal: Principal, *, seconds: int, now: datetime) -> str:
    """A token that stands for the host's proof for a while, as long as its key is not changed."""
    proven = principal.vouched
    if not isinstance(proven, Proven) or proven.by_session or principal.user_id != HOSTS:
        raise AccessDenied("A session of the metadata service is opened with the key of a host.")
    return _signer().sign(orjson.dumps([proven.workload_id, proven.key_mark, int(now.timestamp()) + seconds]))


def _of_session(text: str, now: datetime) -> Workload:
    try:
        workload_id, mark, expires = orjson.loads(_signer().verify(text))
    except SealBroken:
        raise InvalidClientTokenId from None
    workload = find(workload_id)
    if expires <= now.timestamp() or mark != _key_mark(workload):
        raise InvalidClientTokenId
    return workload


def _key_mark(workload: Workload) -> str:
    """What changes with the key."""
    said = orjson.dumps([workload.key_hash, workload.public_jwk], option=orjson.OPT_SORT_KEYS)
    return sha256(said).hexdigest()[:16]


def _signer() -> Signer:
    return Signer.from_ring(ring.current(), "workload metadata session")
