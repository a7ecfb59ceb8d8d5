"""The views: one class a route, one method an operation; all of them end in `execute`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from iamconsole.interfaces.http import body_of, origin_of
from iamconsole.interfaces.rest import authentication
from iamconsole.interfaces.rest.members import StrictJSONParser, raw_input
from iamconsole.interfaces.rest.problems import UnknownOperation, problem_response
from iamconsole.interfaces.rest.serializers import serializer_of
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Paged, Shape
from iamconsole.runtime import calls, dispatch


class Door(APIView):
    """What every view under `/api/v1/` shares: JSON in and out, problems, and a request id on every answer."""

    authentication_classes = (authentication.Signature, authentication.Bearer, authentication.Session)
    permission_classes = (authentication.HasPrincipal,)
    parser_classes = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    metadata_class = None
    request_id = ""

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        self.request_id = calls.new_request_id()
        return super().initialize_request(request, *args, **kwargs)

    @property
    def default_response_headers(self) -> dict[str, str]:
        headers = super().default_response_headers
        return {**headers, "x-amzn-RequestId": self.request_id, "Cache-Control": "no-store"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        body_of(request._request)  # within bounds, whoever asks
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Callable[..., Response]:
        return problem_response


class OperationView(Door):
    """A route: the operations declared for it, by method."""

    operations: ClassVar[Mapping[str, Operation]] = {}

    def run(self, request: Request, operation: Operation, path: Mapping[str, str]) -> Response:
        """Decode, execute, encode."""
        raw = raw_input(request, operation, path)
        origin = origin_of(request._request)
        call = calls.call_for(request.user, door="rest", origin=origin, request_id=self.request_id)
        result = dispatch.execute(call, operation, raw)
        assert operation.rest
        response = Response(_encoded(result), status=operation.rest.status)
        if call.consistency_token:
            response["X-Iam-Consistency-Token"] = call.consistency_token
        if isinstance(result, Paged) and result.marker:
            response["Link"] = f'<{_next_page(request, result.marker)}>; rel="next"'
        return response


def operation_view(operations: Iterable[Operation], describe: Callable[[Operation], Any]) -> type[OperationView]:
    """The view of the operations that share a route; `describe` decorates a method for the schema."""
    by_method = {operation.rest.method: operation for operation in operations if operation.rest}
    members: dict[str, Any] = {"operations": by_method, "http_method_names": [m.lower() for m in by_method]}
    for method, operation in by_method.items():
        members[method.lower()] = describe(operation)(_handler(operation))
    if "GET" in by_method:
        members["http_method_names"].append("head")
    return type("".join(operation.name for operation in by_method.values()), (OperationView,), members)


def _handler(operation: Operation) -> Callable[..., Response]:
    def handle(self: OperationView, request: Request, **path: str) -> Response:
        return self.run(request, operation, path)

    handle.__name__ = operation.slug
    handle.__doc__ = operation.summary
    return handle


def _encoded(result: Shape | None) -> Any:
    return None if result is None else serializer_of(type(result))(result).data


def _next_page(request: Request, marker: str) -> str:
    """This request again from `marker` on; a presigned one must be signed anew."""
    query = request.query_params.copy()
    for name in [name for name in query if name.startswith("X-Amz-")]:
        del query[name]
    query["Marker"] = marker
    return request.build_absolute_uri(f"{request._request.path}?{query.urlencode()}")


class Open(Door):
    """A view for everybody, whoever he says he is."""

    authentication_classes = ()
    permission_classes = ()


class NothingHere(Open):
    """Whatever no route matched."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise UnknownOperation(f"There is no {request.path[:256]}: see /api/v1/docs/ for what there is.")
