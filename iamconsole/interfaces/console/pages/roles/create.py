"""Creating a role at one address: whom it trusts, what it may do, its limits; or a copy of another one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import tag_rows, tags_of
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.policies.views import Sheet, plain
from iamconsole.interfaces.console.pages.roles import trusted
from iamconsole.interfaces.console.pages.roles.form import RoleForm
from iamconsole.interfaces.console.pages.roles.trusted import CUSTOM, DOCUMENT, KINDS, PARTS, TrustForm
from iamconsole.interfaces.console.visit import Refused, Visit, operation, page_of
from iamconsole.kernel.errors import AccessDenied, Fault
from policies.composing import BLANK
from policies.engine import PolicyKind


def role_create(visit: Visit) -> HttpResponse:
    """The form, filled in from another role (`?copy=`) or for an identity provider (`?provider=`), and what it did."""
    visit.demand("iam:CreateRole")
    if not visit.posting:
        initial, tags = _suggested(visit)
        text = initial.get(DOCUMENT, "")
        return _page(visit, RoleForm(visit, initial=initial), Sheet.opened(text, ""), tags)
    sheet, tags = Sheet.sent(visit, name=DOCUMENT), tags_of(visit.request.POST)
    if sheet.turned or (sheet.faults and visit.request.POST.get("trusted") == CUSTOM):
        return _turned(visit, sheet, tags)
    form = RoleForm(visit, _with(visit.request.POST, **{DOCUMENT: sheet.text}))
    if not form.is_valid():
        return _page(visit, form, sheet, tags)
    name = form.cleaned_data["role_name"]
    try:
        visit.batch(form.items(tags))
    except Refused as refused:
        if isinstance(refused.fault, AccessDenied):
            raise
        if not (form.is_custom and editor.document_errors(refused.fault)):
            form.blame(refused.fault)
        return _page(visit, form, sheet, tags, refused.fault)
    return visit.redirect(page_of("role", name), _("Role %(name)s was created.") % {"name": name})


def _turned(visit: Visit, sheet: Sheet, tags: list[dict[str, str]]) -> HttpResponse:
    """The page again in another view of the trust policy, with all that was typed; what was built becomes text."""
    post = visit.request.POST
    if post.get("trusted") != CUSTOM or not sheet.text.strip():
        before = post.get("before", "") if post.get("trusted") == CUSTOM else post["trusted"]
        built = TrustForm(visit, _with(post, trusted=before))
        sheet = Sheet.opened(built.trust_policy() if built.is_valid() else BLANK, post.get("view", ""))
        sheet.turned = True
    typed = {name: field.widget.value_from_datadict(post, {}, name) for name, field in RoleForm.base_fields.items()}
    form = RoleForm(visit, initial=typed | {"trusted": CUSTOM})
    return _page(visit, form, sheet, tags)


def _with(post: QueryDict, **changes: str) -> QueryDict:
    changed = post.copy()
    for name, value in changes.items():
        changed[name] = value
    return changed


def role_trust_built(visit: Visit) -> HttpResponse:
    """The trust policy that the fields make, while they are filled in; nothing is stored."""
    if not visit.posting:
        return visit.redirect(reverse("console:role-create"))
    return visit.fragment("_trust_built", _built(visit, TrustForm(visit, visit.request.POST)))


def _built(visit: Visit, form: TrustForm) -> dict[str, Any]:
    """The policy as text and in words, and what there is to know about it; nothing while a field is missing."""
    if not form.is_bound:
        typed = {name: field.initial for name, field in form.fields.items()} | form.initial
        form = TrustForm(visit, {name: value for name, value in typed.items() if value not in (None, "")})
    if (not form.is_valid() and form.errors.keys() & {"trusted", *PARTS}) or form.is_custom:
        return {"built": ""}
    text = form.trust_policy()
    found = editor.found(visit, text, PolicyKind.TRUST)
    return {"built": text, "built_plain": plain(text, PolicyKind.TRUST), "built_findings": found}


def _suggested(visit: Visit) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What the form begins with, and tags: for the provider or the role from whose page one came."""
    asked = visit.request.GET
    if arn := asked.get("provider", ""):
        kind = "saml" if ":saml-provider/" in arn else "oidc"
        return {"trusted": kind, f"{kind}_provider": arn, "audience": _client(visit, arn)}, []
    if not (source := asked.get("copy")):
        return {}, []
    role = visit.run("iam:GetRole", role_name=source).role
    bound = role.permissions_boundary
    return {
        "role_name": f"{role.role_name}-copy"[:64],
        "description": role.description or "",
        "path": role.path,
        "trusted": CUSTOM,
        DOCUMENT: panels.laid_out(role.assume_role_policy_document),
        "max_session_duration": role.max_session_duration,
        "permissions_boundary": bound.permissions_boundary_arn if bound else "",
        "policy_arns": [each.policy_arn for each in visit.all("iam:ListAttachedRolePolicies", role_name=source)],
        "inline_policies": visit.all("iam:ListRolePolicies", role_name=source),
    }, [{"key": tag.key, "value": tag.value} for tag in role.tags or []]


def _client(visit: Visit, arn: str) -> str:
    """The first audience that an OpenID Connect provider takes tokens for."""
    action, who = "iam:GetOpenIDConnectProvider", {"open_id_connect_provider_arn": arn}
    if ":oidc-provider/" not in arn or visit.refusal(action, **who) is not None:
        return ""
    found = visit.look(action, **who)
    return found.client_id_list[0] if found and found.client_id_list else ""


def _page(
    visit: Visit, form: RoleForm, sheet: Sheet, tags: list[dict[str, str]], fault: Fault | None = None
) -> HttpResponse:
    known = form.is_bound and not form.errors and not sheet.faults
    items = form.items(tags) if known else [("iam:CreateRole", {"role_name": "NAME"})]
    custom = form["trusted"].value() == CUSTOM
    permitted = ["policy_arns", "inline_policies", "permissions_boundary", "max_session_duration"]
    document = editor.context(visit, sheet, kind=PolicyKind.TRUST, quota="ACLSizePerRole", fault=fault)
    missing = form.errors.get(DOCUMENT, []) if custom else []
    context = {
        **document,
        **trusted.offered(visit),
        **_built(visit, form),
        "title": _("Copy %(name)s") % {"name": form.source} if form.source else _("Create role"),
        "subtitle": _("A role lends its permissions, for a while, to whoever its trust policy names: no key to lose."),
        "breadcrumbs": [{"label": _("Roles"), "url": reverse("console:roles")}, {"label": _("Create role")}],
        "form": form,
        "named": [form[name] for name in ("role_name", "description", "path")],
        "trusted": form["trusted"],
        "parts": [{"field": form[name], "when": _when(name)} for name in PARTS],
        "permitted": [form[name] for name in permitted if name in form.fields],
        "custom": custom,
        "field_name": DOCUMENT,
        "document_errors": [*document["document_errors"], *missing],
        "built_url": reverse("console:role-trust-built"),
        "tags": tag_rows(tags, fault),
        "cancel_url": reverse("console:role", args=[form.source]) if form.source else reverse("console:roles"),
        "cli_equivalent": snippets.of_all((operation(action), members) for action, members in items),
    }
    wrong = form.errors or fault or sheet.unreadable
    return visit.page("role_form", context, status=400 if wrong else 200)


def _when(name: str) -> str:
    """The choices that a field goes with, as choice.js reads them."""
    return "trusted=" + ",".join(kind.key for kind in KINDS if name in kind.fields)


def copy_control(visit: Visit, name: str) -> dict[str, Any]:
    """The button that begins a new role with all that this one has."""
    there = f"{reverse('console:role-create')}?{urlencode({'copy': name})}"
    button = {"label": _("Copy"), "url": there, "icon": "copy"}
    needs = ("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")
    refused = visit.refusal("iam:CreateRole") or next(
        (why for action in needs if (why := visit.refusal(action, **ROLE.named(name)))), None
    )
    return button | {"disabled": refused} if refused else button
