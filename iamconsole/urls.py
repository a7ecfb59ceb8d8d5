"""Where everything is: the composition root of the HTTP doors. `/healthz` is answered before Django (wsgi.py)."""

from django.urls import path

from iamconsole.interfaces.health.views import metrics, readyz
from iamconsole.interfaces.query.views import query_api

urlpatterns = [
    path("", query_api),
    path("readyz", readyz),
    path("metrics", metrics),
]
