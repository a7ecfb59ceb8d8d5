"""Everything under `/authorization-details/`, as botocore's model has it."""

from django.urls import path

from iamconsole.interfaces.toolbox.views import details, policy

urlpatterns = [
    path("<str:authorization_id>", details),
    path("<str:authorization_id>/policy", policy),
]
