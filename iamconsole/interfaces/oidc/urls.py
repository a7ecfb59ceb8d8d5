"""Everything under `/oidc/`."""

from django.urls import path

from iamconsole.interfaces.oidc.views import configuration, jwks

urlpatterns = [
    path("<uuid:issuer_id>/.well-known/openid-configuration", configuration),
    path("<uuid:issuer_id>/jwks", jwks),
]
