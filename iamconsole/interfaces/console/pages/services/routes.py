"""Where the pages of services are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.services import delete, detail, form, keys, trying
from iamconsole.interfaces.console.pages.services.list import services_list
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("services/", services_list, "services"),
    Route("create/service/", form.service_create, "service-create"),
    Route("check-service/", form.service_check, "service-check"),
    Route("services/<str:prefix>/", detail.service_detail, "service"),
    Route("services/<str:prefix>/tab/<slug:tab>/", detail.service_detail, "service-tab"),
    Route("services/<str:prefix>/action/<str:name>/", detail.service_action, "service-action"),
    Route("services/<str:prefix>/try/", trying.service_try, "service-try"),
    Route("services/<str:prefix>/edit/", form.service_edit, "service-edit"),
    Route("services/<str:prefix>/delete/", delete.service_delete, "service-delete"),
    Route("services/<str:prefix>/keys/", keys.service_keys, "service-keys"),
    Route("services/<str:prefix>/keys/<str:key_id>/delete/", keys.service_key_delete, "service-key-delete"),
)
