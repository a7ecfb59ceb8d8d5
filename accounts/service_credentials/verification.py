"""What a service asks when somebody presents a service-specific credential to it."""

from __future__ import annotations

from accounts.service_credentials import queries as credentials
from accounts.service_credentials import shapes
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING


@operation(
    Access.READ,
    on=ANYTHING,
    service="iamconsole",
    rest=Rest("POST", "/service-specific-credentials/verify"),
    errors=(NoSuchEntity,),
)
def verify_service_specific_credential(
    call: Call,
    *,
    service_name: shapes.PresentedService,
    service_user_name: shapes.ServiceUserName,
    service_password: shapes.PresentedSecret,
) -> shapes.VerifyServiceSpecificCredentialResult:
    """Tell a service whose service-specific credential it was shown, so that it can ask what that user may do.

    NoSuchEntity where name or secret is wrong or the credential inactive or expired, without telling which.
    An API key is given whole, its alias as the user name.
    """
    row = credentials.verified(
        call.account_id,
        service_name=service_name,
        service_user_name=service_user_name,
        secret=service_password,
        now=call.time,
    )
    return shapes.VerifyServiceSpecificCredentialResult(
        user_name=row.user.name,
        user_id=row.user.unique_id,
        arn=row.user.arn,
        service_specific_credential_id=row.id,
        expiration_date=row.expires,
    )
