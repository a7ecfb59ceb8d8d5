"""How far a change has come: the regions that have it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iamconsole.interfaces.rest.schema import REQUEST_ID, problems
from iamconsole.interfaces.rest.views import Door
from iamconsole.kernel.errors import InvalidInput, MissingAuthenticationToken
from iamconsole.replication import log
from iamconsole.replication.regions import progress


class RegionProgress(serializers.Serializer):
    """Whether one region has applied the change, how far behind it is, and its state in a word (ListRegions)."""

    name = serializers.CharField()
    state = serializers.CharField()
    applied = serializers.BooleanField()
    lagMs = serializers.IntegerField(min_value=0)


class ChangeProgress(serializers.Serializer):
    """A consistency token and the regions that have what it stands for."""

    token = serializers.CharField()
    regions = RegionProgress(many=True)
    everywhere = serializers.BooleanField()


class Changes(Door):
    """Answers at once; whoever waits asks again."""

    http_method_names = ("get", "head")

    @extend_schema(
        operation_id="GetChanges",
        summary="Tell which regions have a change.",
        description="The token is the `X-Iam-Consistency-Token` of the answer to the change. Poll until `everywhere`.",
        tags=["changes"],
        parameters=[REQUEST_ID],
        responses={200: ChangeProgress, **problems(MissingAuthenticationToken, InvalidInput)},
    )
    def get(self, request: Request, token: str) -> Response:
        shard, position = log.read_token(token)
        account_id = request.user.account_id
        if shard != log.shard_of(account_id):
            raise InvalidInput("The consistency token is of another account's log.")
        regions = [
            {"name": each.region, "state": each.state, "applied": each.has(position), "lagMs": each.lag_ms}
            for each in progress.of(shard)
        ]
        everywhere = all(each["applied"] for each in regions)
        return Response(ChangeProgress({"token": token, "regions": regions, "everywhere": everywhere}).data)
