"""How a service asks: snippets that work against this very server, with an action and a resource of the service."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.services import code
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.services import ServicePrincipal
from policies.catalog import AccessLevel

AUTHZEN = "/access/v1/evaluation"


def panels(visit: Visit, service: Any) -> list[dict[str, Any]]:
    """A panel a way of asking, the shortest first."""
    server, account_id = code.server(visit), visit.call.account_id
    action, template = sample(service)
    resource = code.filled(template, account_id)
    principal = f"arn:aws:iam::{account_id}:user/ada"
    question = {"principal": principal, "action": action, "resource": resource, "context": {}}
    shown = [
        _panel(
            _("From a shell"),
            _("Signed by curl itself. An answer has the decision, and a denial its reason and an id to look it up by."),
            code.curl(f"{server}{code.AUTHORIZE}", question),
        ),
        _panel(
            _("Python with boto3's signer"),
            _("Nothing to install where boto3 is: its keys, its signature."),
            code.python(f"{server}{code.AUTHORIZE}", question),
        ),
        _panel(
            _("Python, in front of a WSGI application"),
            _("The caller's own signature is checked, then the question asked; the application sees who it was."),
            _middleware(server, service, action, template, account_id),
        ),
        _panel(
            _("nginx"),
            _("Every request is asked about first; the proxy's configuration says which action it is."),
            _nginx(server, action, template, account_id),
        ),
        _panel(
            _("OpenID AuthZEN"),
            _("The standard's question, for gateways that speak it."),
            code.curl(f"{server}{AUTHZEN}", _evaluation(principal, action, resource)),
        ),
    ]
    return [_rights(service, account_id), *shown, *([] if service.is_built_in else _as_a_principal(visit, service))]


def sample(service: Any) -> tuple[str, str]:
    """An action that reads, if there is one, and the ARN template of a resource it works on (`*` without any)."""
    reading = [each for each in service.actions if each.access_level == AccessLevel.READ and each.resource_types]
    action = (reading or service.actions)[0]
    templates = {kind.name: kind.arn_template for kind in service.resource_types}
    template = next((templates[kind] for kind in action.resource_types if kind in templates), "*")
    return f"{service.service_prefix}:{action.name}", template


def _rights(service: Any, account_id: str) -> dict[str, Any]:
    if service.is_built_in:
        text = _(
            "Whoever asks needs iamconsole:Authorize on the users and roles asked about. Put the access key into "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    else:
        text = _(
            "With an access key of its own the service may ask about actions that begin with %(prefix)s: and about "
            "iam:PassRole to itself, for every user and role of account %(account)s. Put the key into "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) % {"prefix": service.service_prefix, "account": account_id}
    return {"title": _("Who may ask"), "text": text}


def _panel(title: Any, text: Any, snippet: str) -> dict[str, Any]:
    return {"title": title, "text": text, "code": snippet}


def _evaluation(principal: str, action: str, resource: str) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": principal.rpartition("/")[2]},
        "action": {"name": action},
        "resource": {"type": "resource", "id": resource},
    }


def _at_path(template: str, account_id: str) -> str:
    """The resource with the request's path in its last place."""
    before, place, rest = template.rpartition("${")
    if not place:
        return template
    name, _brace, after = rest.partition("}")
    if name in (*code.FIXED, "Account"):
        return code.filled(template, account_id)
    return f"{code.filled(before.removesuffix('/'), account_id)}{{path}}{code.filled(after, account_id)}"


def _middleware(server: str, service: Any, action: str, template: str, account_id: str) -> str:
    return f'''import os

from iamconsole.client import AccessKey, Client, requires

key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
iam = Client({json.dumps(server)}, key=key)


@requires(iam, "{action}", resource="{_at_path(template, account_id)}", service="{service.service_prefix}")
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["iam.identity"].arn.encode()]'''


def _nginx(server: str, action: str, template: str, account_id: str) -> str:
    resource = quote(_at_path(template, account_id), safe=":/{}*")
    return f"""location / {{
    auth_request /_iam;
    auth_request_set $iam_principal $upstream_http_x_iam_principal;
    proxy_set_header X-Iam-Principal $iam_principal;
    proxy_pass http://127.0.0.1:9000;
}}
location = /_iam {{
    internal;
    proxy_pass {server}/forward-auth?action={action}&resource={resource};
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Original-URI $request_uri;
    proxy_set_header X-Original-Method $request_method;
    proxy_set_header X-Forwarded-Uri "";
    proxy_set_header X-Forwarded-Method "";
    proxy_set_header X-Forwarded-Host "";
    proxy_set_header X-Forwarded-For $remote_addr;
}}"""


def _as_a_principal(visit: Visit, service: Any) -> list[dict[str, Any]]:
    """How the service acts on its own: a role that trusts it."""
    account_id = visit.call.account_id
    name = ServicePrincipal(account_id, service.service_prefix).name
    statement = {"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
    assume = f'''import boto3

sts = boto3.client("sts", endpoint_url={json.dumps(code.server(visit))}, region_name="us-east-1")
role = sts.assume_role(
    RoleArn="arn:aws:iam::{account_id}:role/ROLE", RoleSessionName="{service.service_prefix}"
)["Credentials"]'''
    return [
        _panel(
            _("Trust policy of a role for it"),
            _("Nothing can be attached to a service: it acts by the roles that trust it."),
            trust,
        ),
        _panel(_("boto3, to act by that role"), "", assume),
    ]
