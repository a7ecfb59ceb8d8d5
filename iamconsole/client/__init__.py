"""Ask an IAM Console whether a principal may do something. Standard library alone; copy the folder if you like.

    client = Client("https://iam.example.com", key=AccessKey("AKIA…", "…"))
    if client.authorize("arn:aws:iam::123456789012:user/ada", "orders:Read", "arn:aws:orders:::7"):
        …

    @requires(client, "orders:Read", resource="arn:aws:orders:::{order_id}")
    def order(request, order_id): …

Whoever gives a service a role must be allowed to pass it:

    client.may_pass_role(received(environ), role_arn, service="orders.123456789012.iamconsole", resource_arn="arn:…")

What cannot be asked is not allowed: a client that gets no answer raises Unavailable, and a protected view refuses.

    ClientError
    ├── Unavailable    no answer, or one that is no decision
    ├── Refused        the question is refused: `status`, `code` and `detail` say why
    │   └── Unauthenticated   the request that was handed over has no good credentials
    └── Denied         a protected function was called by somebody who may not; `decision` says why
"""

from .connection import AccessKey
from .decisions import Client, Decision, Identity, Question, ReceivedRequest
from .errors import ClientError, Denied, Refused, Unauthenticated, Unavailable
from .protection import requires
from .wsgi import received

__all__ = [
    "AccessKey",
    "Client",
    "ClientError",
    "Decision",
    "Denied",
    "Identity",
    "Question",
    "ReceivedRequest",
    "Refused",
    "Unauthenticated",
    "Unavailable",
    "received",
    "requires",
]
