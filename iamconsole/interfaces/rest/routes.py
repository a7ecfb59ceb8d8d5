"""URL patterns from the routes that operations declare."""

from __future__ import annotations

from itertools import groupby

from django.urls import URLPattern, path, register_converter

from iamconsole.interfaces.rest.members import PARAMETER
from iamconsole.interfaces.rest.schema import described
from iamconsole.interfaces.rest.views import operation_view
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import catalogue


class Member:
    """A path parameter: one segment, or an ARN with the slashes of its path.

    An ARN keeps at least one part behind `policy/`, so a policy named `tags` is not taken for the tags of another.
    """

    regex = r"arn:[^/]+/.+|(?!arn:)[^/]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Member, "member")


def patterns() -> list[URLPattern]:
    """One pattern a route, the longer first: an ARN would swallow the `/versions` of a longer one."""
    routed = sorted((operation for operation in catalogue.operations() if operation.rest), key=_route)
    views = {route: operation_view(sharing, described) for route, sharing in groupby(routed, key=_route)}
    longest_first = sorted(views, key=lambda route: (-route.count("/"), route))
    return [path(PARAMETER.sub(r"<member:\1>", route), views[route].as_view()) for route in longest_first]


def _route(operation: Operation) -> str:
    assert operation.rest
    return operation.rest.path.removeprefix("/")
