"""Everything under `/api/v1/`."""

from django.urls import path, re_path

from iamconsole.interfaces.rest.changes import Changes
from iamconsole.interfaces.rest.documentation import Docs, Index, Schema
from iamconsole.interfaces.rest.routes import patterns
from iamconsole.interfaces.rest.views import NothingHere

urlpatterns = [
    path("", Index.as_view()),
    path("schema/", Schema.as_view(), name="rest-schema"),
    path("docs/", Docs.as_view(), name="rest-docs"),
    path("changes/<str:token>", Changes.as_view()),
    *patterns(),
    re_path(r"", NothingHere.as_view()),
]
