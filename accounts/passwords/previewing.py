"""What a password policy would do today to the passwords that there are."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q

from accounts.password_policy.shapes import MaxPasswordAge
from accounts.passwords.models import LoginProfile
from accounts.passwords.shapes import PreviewPasswordPolicyResult
from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/account/password-policy/preview"))
def preview_password_policy(
    call: Call, *, max_password_age: MaxPasswordAge | None = None
) -> PreviewPasswordPolicyResult:
    """Count the passwords that would have expired today at a maximum age, given in days.

    Length and composition are judged when a password is set: nobody knows them of one that is there.
    """
    profiles = LoginProfile.objects.filter(account_id=call.account_id, user__is_root=False)
    ends = call.time - timedelta(days=max_password_age) if max_password_age else None
    expired = Count("pk", filter=Q(changed__lte=ends)) if ends else Count("pk", filter=Q(pk__in=[]))
    found = profiles.aggregate(passwords=Count("pk"), expired=expired)
    return PreviewPasswordPolicyResult(**found)
