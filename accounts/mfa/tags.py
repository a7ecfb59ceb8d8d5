"""Tags on virtual MFA devices; AWS gives pieces of hardware and security keys none."""

from __future__ import annotations

from accounts.mfa import queries
from accounts.mfa.models import Kind, MFADevice
from accounts.mfa.resources import MFA_DEVICE
from accounts.mfa.shapes import SerialNumber
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, InvalidInput, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Marker, MaxItems, TagKeys, Tags
from iamconsole.storage import tags as tagging
from policies.documents.shapes import ListTagsResult

WHERE = "/virtual-mfa-devices/{serial_number}/tags"


def _taggable(call: Call, serial_number: str, *, lock: bool = False) -> MFADevice:
    device = queries.find(call.account_id, serial_number, lock=lock)
    if device.kind != Kind.VIRTUAL:
        raise InvalidInput("Only virtual MFA devices can be tagged.")
    return device


@operation(
    Access.TAGGING,
    on=MFA_DEVICE,
    rest=Rest("POST", WHERE, status=204),
    errors=(InvalidInput, NoSuchEntity, LimitExceeded, ConcurrentModification),
)
def tag_mfa_device(call: Call, *, serial_number: SerialNumber, tags: Tags) -> None:
    """Set tags on a virtual MFA device; keys are told apart by case."""
    tagging.set_on(call, _taggable(call, serial_number, lock=True), tags, ignore_case=False)


@operation(
    Access.TAGGING,
    on=MFA_DEVICE,
    rest=Rest("DELETE", WHERE, status=204),
    errors=(NoSuchEntity, InvalidInput, ConcurrentModification),
)
def untag_mfa_device(call: Call, *, serial_number: SerialNumber, tag_keys: TagKeys) -> None:
    """Remove tags from a virtual MFA device; a key that is not there is no fault."""
    tagging.remove_from(call, _taggable(call, serial_number, lock=True), tag_keys, ignore_case=False)


@operation(
    Access.LIST,
    on=MFA_DEVICE,
    pages="tags",
    rest=Rest("GET", WHERE),
    errors=(NoSuchEntity, InvalidInput),
)
def list_mfa_device_tags(
    call: Call, *, serial_number: SerialNumber, marker: Marker | None = None, max_items: MaxItems | None = None
) -> ListTagsResult:
    """List the tags of a virtual MFA device, sorted by key."""
    return ListTagsResult(**tagging.page_on(_taggable(call, serial_number), marker=marker, max_items=max_items))
