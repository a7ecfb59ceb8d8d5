"""Everything under `/latest/`."""

from django.urls import path

from iamconsole.interfaces.workloads.views import metadata, metadata_token

urlpatterns = [
    path("api/token", metadata_token),
    path("<path:path>", metadata),
]
