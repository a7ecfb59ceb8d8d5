"""What workloads ask for themselves; the proof in the input stands in the place of a signature."""

from __future__ import annotations

from typing import Final

from accounts.sts import sessions
from accounts.workloads import proofs, shapes
from accounts.workloads import queries as workloads
from accounts.workloads.models import OWN, Workload
from accounts.workloads.resources import ROLE_OF_CALLER, caller, role_of
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidClientTokenId, NoSuchEntity
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.sessions import MFA_PRESENT

LONGEST: Final = 21_600  # seconds, as EC2's credentials


@operation(
    Access.WRITE,
    on=ROLE_OF_CALLER,
    service=OWN,
    permission="sts:AssumeRole",
    unsigned=proofs.prove,
    rest=None,
    errors=(InvalidClientTokenId, NoSuchEntity),
)
def get_workload_credentials(
    call: Call, *, proof: shapes.Proof, workload_name: shapes.WorkloadName | None = None
) -> shapes.GetWorkloadCredentialsResult:
    """Give a workload temporary credentials of its role, for six hours or as long as the role lets sessions last.

    The role must trust ec2.amazonaws.com for hosts, ecs-tasks.amazonaws.com for tasks; conditions may ask for
    aws:SourceArn and aws:SourceAccount. The session is called after the workload's id.
    """
    workload = caller(call)
    role = role_of(workload)
    issued = sessions.assume(
        call,
        role.arn,
        session_name=workload.unique_id,
        duration_seconds=min(LONGEST, role.max_session_duration),
        provider=_lasting(workload),
    )
    Workload.objects.filter(account_id=workload.account_id, pk=workload.pk).update(last_used=call.time)
    return shapes.GetWorkloadCredentialsResult(
        **workloads.metadata(workload), role_arn=role.arn, credentials=issued["credentials"]
    )


def _lasting(workload: Workload) -> dict[str, str | tuple[str, ...]]:
    """The condition keys that EC2's sessions have; no MFA is present, as with other roles."""
    if not workload.is_host:
        return {}
    return {"ec2:SourceInstanceARN": workload.source_arn, "ec2:RoleDelivery": "2.0", MFA_PRESENT: "false"}


@operation(
    Access.READ,
    on=ANYTHING,
    service=OWN,
    unrestricted=True,
    unsigned=proofs.prove,
    rest=None,
    errors=(InvalidClientTokenId,),
)
def get_workload_metadata(
    call: Call, *, proof: shapes.Proof, workload_name: shapes.WorkloadName | None = None
) -> shapes.GetWorkloadMetadataResult:
    """Tell a workload who it is; every workload may ask, whatever policies say."""
    return shapes.GetWorkloadMetadataResult(**workloads.metadata(caller(call)))
