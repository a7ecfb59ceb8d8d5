"""Where everything is: the composition root of the HTTP doors."""

from django.urls import path

from iamconsole.interfaces.query.views import query_api

urlpatterns = [
    path("", query_api),
]
