"""Workloads as we show them, and what they are given."""

from __future__ import annotations

from typing import Annotated

from accounts.sts.shapes import Credentials
from iamconsole.kernel.shapes import (
    LATIN,
    NAME,
    Arn,
    InstanceProfileName,
    OneOf,
    Paged,
    RoleName,
    Sensitive,
    Shape,
    Text,
    Timestamp,
)

WorkloadName = Annotated[str, Text(1, 128, NAME)]
WorkloadStatus = Annotated[str, OneOf(("Active", "Inactive"))]
WorkloadType = Annotated[str, OneOf(("Host", "Task"))]
KeyType = Annotated[str, OneOf(("HostKey", "PublicKey"))]
PublicKey = Annotated[str, Text(1, 16384, LATIN), Sensitive]
"""What was given: hidden, since one file often holds the private key as well."""
Proof = Annotated[str, Text(1, 4096), Sensitive]


class Workload(Shape):
    """A workload, without what it proves itself by.

    `key_thumbprint` (RFC 7638) is that of a public key, `key_expiration` the end of the certificate it came in.
    """

    workload_name: WorkloadName
    workload_id: str
    workload_type: WorkloadType
    arn: Arn
    source_arn: Arn
    status: WorkloadStatus
    instance_profile_name: InstanceProfileName | None = None
    role_name: RoleName | None = None
    key_type: KeyType
    key_thumbprint: str | None = None
    key_create_date: Timestamp
    key_expiration: Timestamp | None = None
    create_date: Timestamp
    last_used_date: Timestamp | None = None


class WorkloadResult(Shape):
    workload: Workload


class WorkloadKeyResult(WorkloadResult):
    """A workload and its new host key, which is shown this once; none where it has a key pair of its own."""

    host_key: Annotated[str, Text(), Sensitive] | None = None


class ListWorkloadsResult(Paged):
    workloads: list[Workload]


class GetWorkloadMetadataResult(Shape):
    """What a host may know of itself."""

    workload_id: str
    account: str
    region: str
    role_name: RoleName | None = None
    instance_profile_arn: Arn | None = None
    instance_profile_id: str | None = None


class GetWorkloadCredentialsResult(GetWorkloadMetadataResult):
    """Temporary credentials of a session of the workload's role."""

    role_arn: Arn
    credentials: Credentials
