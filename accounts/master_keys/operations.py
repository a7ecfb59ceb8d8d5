"""What the local operator does with master keys: take note of the ring, wrap secrets anew, let a key go.

None of these sees a master key, and the ring itself is not in the database: `manage.py master-key` changes its file.
"""

from __future__ import annotations

from accounts.master_keys import inheritance, notes, queries, rewrapping, shapes
from accounts.master_keys import ring as rings
from accounts.master_keys.columns import COLUMNS
from accounts.master_keys.models import MasterKey
from accounts.tenancy.operator import demand_operator
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import DeleteConflict, NoSuchEntity
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems

BATCH = 200


@operation(Access.WRITE, on=ANYTHING, service="iamconsole", rest=None)
def note_master_keys(call: Call) -> shapes.NoteMasterKeysResult:
    """Note which master key is the current one, and keep what older ones leave.

    The local operator's alone, upon the account `aws`. From the moment it is first noted that a key was replaced its
    last sessions are counted.
    """
    demand_operator(call)
    notes.note_ring()
    return shapes.NoteMasterKeysResult(master_key_id=rings.current().current_id, handed_down=inheritance.hand_down())


@operation(Access.WRITE, on=ANYTHING, service="iamconsole", rest=None)
def rewrap_secrets(
    call: Call, *, sealed_kind: shapes.SealedKind, marker: Marker | None = None, max_items: MaxItems = BATCH
) -> shapes.RewrapSecretsResult:
    """Wrap secrets of the account anew under the current master key, so many at a time; each stays what it is.

    The local operator's alone. A secret that is changed meanwhile is left to its change; one that cannot be opened is
    named and passed over.
    """
    demand_operator(call)
    done = rewrapping.batch(call, COLUMNS[sealed_kind], marker=marker, size=max_items)
    return shapes.RewrapSecretsResult(
        rewrapped=done.rewrapped, unusable=done.unusable, is_truncated=done.marker is not None, marker=done.marker
    )


@operation(Access.WRITE, on=ANYTHING, service="iamconsole", rest=None, errors=(NoSuchEntity, DeleteConflict))
def retire_master_key(call: Call, *, master_key_id: shapes.MasterKeyId, end_sessions: bool = False) -> None:
    """Note that nothing needs a master key any more, so that it can be taken out of the ring for good.

    The local operator's alone, upon the account `aws`. DeleteConflict says what still needs it. To end the sessions
    that were issued under it is for a key that is no secret any more.
    """
    demand_operator(call)
    found = list(queries.obstacles(master_key_id, call.time, end_sessions=end_sessions))
    if found:
        raise DeleteConflict(f"Master key {master_key_id} cannot be retired: {'; '.join(found)}.")
    MasterKey.objects.filter(pk=master_key_id, retired=None).update(retired=call.time)
