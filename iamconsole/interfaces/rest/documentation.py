"""The schema and its browser, readable by everybody."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from iamconsole.interfaces.rest.views import Open


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document, made once a process: the operations do not change while it runs."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


class Schema(Open):
    """OpenAPI 3.1 as JSON."""

    schema = None
    renderer_classes = (JSONRenderer, OpenApiJsonRenderer, OpenApiJsonRenderer2)

    def get(self, request: Request) -> Response:
        return Response(openapi())


class Docs(Open, SpectacularSwaggerSplitView):
    """Swagger UI; its start-up script comes from a URL, since the content security policy allows none inline."""

    schema = None
    renderer_classes = (TemplateHTMLRenderer,)
    template_name = "rest/docs.html"
    url_name = "rest-schema"


class Index(Open):
    """`/api/v1/` in a browser leads to the documentation."""

    schema = None

    def get(self, request: Request) -> HttpResponseBase:
        return redirect("rest-docs")
