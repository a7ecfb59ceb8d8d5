"""What is noted of a master key, beside what it seals: that it is in use, that another took over, that it is gone."""

from __future__ import annotations

from accounts.master_keys import ring as rings
from accounts.master_keys.models import MasterKey
from iamconsole.kernel import clock
from iamconsole.sealing import KeyRing, UnknownKey


def note_master_key() -> None:
    """Note that the current master key is in use; UnknownKey where it is one that was retired."""
    ring = rings.current()
    row, _ = MasterKey.objects.get_or_create(id=ring.current_id, defaults=_identified(ring, ring.current_id))
    if row.retired:
        raise UnknownKey(f"master key `{row.id}` was retired: this process has not heard of it, start it anew")
    if row.replaced:  # this process is behind the others
        MasterKey.objects.filter(pk=row.pk).update(replaced=clock.now())


def note_ring() -> None:
    """Note the current master key, and of every other one that was in use that it was replaced by now."""
    ring, now = rings.current(), clock.now()
    MasterKey.objects.update_or_create(
        id=ring.current_id, defaults={**_identified(ring, ring.current_id), "replaced": None, "retired": None}
    )
    MasterKey.objects.filter(replaced=None).exclude(pk=ring.current_id).update(replaced=now)


def waiting(ring: KeyRing) -> list[str]:
    """The keys of the ring that have sealed nothing yet: put there to become the current one."""
    known = set(MasterKey.objects.values_list("id", flat=True))
    return [key_id for key_id in ring if key_id not in known and key_id != ring.current_id]


def _identified(ring: KeyRing, key_id: str) -> dict[str, str]:
    return {"check_value": ring.check_value(key_id)}
