"""`/forward-auth`: may whoever sent this request go on? For nginx auth_request, Traefik and Caddy, Envoy ext_authz.

The caller asks about himself, so all he needs is the right itself. What is asked is `web:GET` on
`arn:aws:web:::host/path`, or what the proxy's configuration says: `?action=files:Read&resource=arn:aws:files:::{path}`
with `{method}`, `{host}` and `{path}` filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from iamconsole.interfaces.decisions.exchange import Exchange, Header, Reply
from iamconsole.interfaces.decisions.original import PREFIX, Original, original
from iamconsole.interfaces.decisions.problems import MEDIA_TYPE, challenge, problem
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied, AuthenticationFault, InvalidParameterValue
from iamconsole.replication.regions import views
from iamconsole.runtime.authentication.sigv4 import SignedRequest
from iamconsole.runtime.decisions import callers, permission
from iamconsole.runtime.decisions.answers import Answering
from iamconsole.runtime.decisions.callers import Caller
from iamconsole.runtime.decisions.questions import MAX_RESOURCE, is_action, resource_owner

ACTION, RESOURCE = "web:{method}", "arn:aws:web:::{host}{path}"
PLACE = re.compile(r"\{(method|host|path)\}")
NO_BODY = sha256(b"").hexdigest()
MAPPING = frozenset({"action", "resource", "region"})


def forward_auth(exchange: Exchange) -> Reply:
    """200 with `X-Iam-Principal`, 401 without credentials, 403 with `X-Iam-Authorization-Id`."""
    view, now = views.view(_parameters(exchange).get("region")), clock.now()
    try:
        caller = callers.identify(_signed(exchange), view=view, now=now, origin=exchange.origin)
    except AuthenticationFault as unknown:
        # nginx makes an error of its own of every status but 401 and 403.
        return Reply(problem(unknown, exchange.request_id), 401, challenge(unknown), MEDIA_TYPE)
    asked = original(exchange)
    action, resource = _mapped(exchange, asked)
    facts = permission.facts_of(caller, exchange.origin)
    owner = resource_owner(resource, facts)
    facts["aws:ResourceAccount"] = owner or caller.account_id
    answer = Answering(view, now=now).about(caller.subject, action, resource, facts, owner=owner)
    headers = _told(caller)
    if answer.allowed:
        return Reply(headers=headers)
    denied = AccessDenied(answer.reason)
    denied.authorization_id = answer.named()
    headers.append(("X-Iam-Authorization-Id", denied.authorization_id))
    return Reply(problem(denied, exchange.request_id), 403, headers, MEDIA_TYPE)


def _told(caller: Caller) -> list[Header]:
    return [("X-Iam-Principal", caller.subject.principal.arn), ("X-Iam-Account", caller.account_id)]


def _signed(exchange: Exchange) -> SignedRequest:
    """The original request as its client signed it; a bearer token is in the same header.

    No proxy hands the body over, so only signatures over an empty one can hold.
    """
    environ = exchange.environ
    if callers.is_bearer(environ.get("HTTP_AUTHORIZATION", "")):
        return SignedRequest("", "", "", [("authorization", environ["HTTP_AUTHORIZATION"])])
    try:
        asked = original(exchange)
    except AccessDenied:
        if "HTTP_AUTHORIZATION" in environ:
            raise
        return SignedRequest("", "", "", [])
    path, _, query = asked.target.partition("?")
    headers = [(name, asked.authority if name == "host" else value) for name, value in exchange.headers]
    return SignedRequest(asked.method, path, query, headers, body_sha256=NO_BODY)


def _parameters(exchange: Exchange) -> Mapping[str, str]:
    """Those of the proxy's configuration; behind Envoy they are the client's."""
    return exchange.parameters if exchange.path == PREFIX else {}


def _mapped(exchange: Exchange, asked: Original) -> tuple[str, str]:
    """Action and resource, as the proxy's configuration says."""
    given = _parameters(exchange)
    if not given.keys() <= MAPPING:
        raise InvalidParameterValue("The parameters of /forward-auth are `action`, `resource` and `region`.")
    places = {"method": asked.method, "host": asked.host, "path": asked.path}
    action, resource = (
        PLACE.sub(lambda found: places[found[1]], given.get(name, template))
        for name, template in (("action", ACTION), ("resource", RESOURCE))
    )
    if not is_action(action) or not 0 < len(resource) <= MAX_RESOURCE:
        raise AccessDenied(f"The request maps to no action and resource of at most {MAX_RESOURCE} characters.")
    return action, resource
