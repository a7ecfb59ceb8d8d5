"""Where everything is: the composition root of the HTTP doors.

`/healthz`, decisions and the Query API at `/` are answered before Django (wsgi.py).
"""

from django.urls import include, path
from django.views.generic import RedirectView

from iamconsole.interfaces.console.pages.signon.federation import federation
from iamconsole.interfaces.console.pages.signon.saml import assertion_consumer
from iamconsole.interfaces.console.site import site as console
from iamconsole.interfaces.health.views import metrics, readyz
from iamconsole.interfaces.testmode.views import reset
from iamconsole.interfaces.workloads.views import credentials

handler400 = "iamconsole.interfaces.console.site.not_understood"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="console:dashboard")),
    path("readyz", readyz),
    path("metrics", metrics),
    path("testing/reset", reset),
    path("console", RedirectView.as_view(pattern_name="console:dashboard")),
    path("authorization-details/", include("iamconsole.interfaces.toolbox.urls")),
    path("console/", console.urls),
    path("credentials/<str:name>", credentials),
    path("latest/", include("iamconsole.interfaces.workloads.urls")),
    path("federation", federation),
    path("saml", assertion_consumer),
    path("saml/acs/<str:provider_id>", assertion_consumer),
    path("oidc/", include("iamconsole.interfaces.oidc.urls")),
    path("api/v1/", include("iamconsole.interfaces.rest.urls")),
]
