"""Why was I denied? Answers for an authorization id or an encoded message, within the caller's own account."""

from __future__ import annotations

import json

from iamconsole.audit.decisions import answers, messages, queries, shapes
from iamconsole.audit.decisions.shapes import AuthorizationId, EncodedMessage, Filter, PolicyUri
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidAuthorizationMessage, NoSuchEntity, ResourceNotFound, ValidationError
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems

TROUBLESHOOT = "iam:TroubleshootAccess"
UNKNOWN = "The authorization details do not exist, have expired, or belong to another account."


@operation(
    Access.READ,
    on=ANYTHING,
    service="iam-toolbox",
    permission=TROUBLESHOOT,
    rest=None,
    errors=(ResourceNotFound,),
)
def get_request_authorization_details(
    call: Call, *, authorization_id: AuthorizationId, next_token: str | None = None
) -> shapes.GetRequestAuthorizationDetailsResult:
    """Tell why a request was denied: its context, the checks in their order, and the policies that were asked.

    All evaluations come in one page.
    """
    if next_token is not None:
        raise ValidationError("Invalid nextToken.", errors={"nextToken": ["Invalid nextToken."]})
    return answers.details(_kept(call, authorization_id))


@operation(
    Access.READ,
    on=ANYTHING,
    service="iam-toolbox",
    permission=TROUBLESHOOT,
    rest=None,
    errors=(ResourceNotFound,),
)
def get_request_authorization_policy(
    call: Call, *, authorization_id: AuthorizationId, policy_uri: PolicyUri
) -> shapes.GetRequestAuthorizationPolicyResult:
    """Give a policy that was asked about a denied request, as it was at that moment."""
    text = queries.texts(_kept(call, authorization_id), policy_uri).get(policy_uri)
    if text is None:
        raise ResourceNotFound("The policy is none of those that were asked about this request.")
    return shapes.GetRequestAuthorizationPolicyResult(policy_document=json.loads(text))


@operation(
    Access.READ,
    on=ANYTHING,
    service="iamconsole",
    rest=Rest("GET", "/denials/{authorization_id}"),
    errors=(NoSuchEntity,),
)
def explain_denial(call: Call, *, authorization_id: AuthorizationId) -> shapes.ExplainDenialResult:
    """Explain a denial: what decided, what nearly allowed it, and the smallest fixes, each tried on the engine."""
    kept = queries.find(call.account_id, authorization_id, now=call.time)
    if kept is None:
        raise NoSuchEntity(UNKNOWN)
    return answers.explanation(kept, queries.texts(kept), queries.holders(kept))


@operation(Access.LIST, on=ANYTHING, service="iamconsole", pages="denials", rest=Rest("GET", "/denials"))
def list_denials(
    call: Call,
    *,
    principal: Filter | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListDenialsResult:
    """List the denials that can be explained, newest first.

    `principal` is the ARN of the caller who was refused, that of the session for a role.
    """
    found, rest = queries.recent(
        call.account_id, principal=principal, marker=marker, max_items=max_items, now=call.time
    )
    return shapes.ListDenialsResult(denials=found, **rest)


@operation(
    Access.WRITE,  # AWS's action table says so; it changes nothing
    on=ANYTHING,
    service="sts",
    rest=Rest("POST", "/decode-authorization-message"),
    errors=(InvalidAuthorizationMessage,),
)
def decode_authorization_message(
    call: Call, *, encoded_message: EncodedMessage
) -> shapes.DecodeAuthorizationMessageResult:
    """Decode the message that stands for a denial; the REST API gives it with the problem of a denied request."""
    authorization_id = messages.authorization_id_of(encoded_message)
    kept = queries.find(call.account_id, authorization_id, now=call.time) if authorization_id else None
    if kept is None:
        raise InvalidAuthorizationMessage
    return shapes.DecodeAuthorizationMessageResult(decoded_message=messages.decoded(kept, queries.texts(kept)))


def _kept(call: Call, authorization_id: str) -> queries.Kept:
    kept = queries.find(call.account_id, authorization_id, now=call.time)
    if kept is None:
        raise ResourceNotFound(UNKNOWN)
    return kept
