"""`@operation`: a handler's signature is its input shape, its return annotation the output, its name AWS's action.

The decorator adds as data what a signature cannot say. An `Operation` is not callable: only
`runtime.dispatch.execute` runs it, so authorization, audit, quota and replication cannot be forgotten.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError as PydanticError
from pydantic import create_model

from iamconsole.kernel import decoding, resources
from iamconsole.kernel.call import Call, Principal
from iamconsole.kernel.errors import Fault, ServiceFailure
from iamconsole.kernel.names import aws_name, kebab
from iamconsole.kernel.shapes import Shape


class Access(StrEnum):
    """AWS's access levels of an action."""

    LIST = "List"
    READ = "Read"
    WRITE = "Write"
    PERMISSIONS = "Permissions management"
    TAGGING = "Tagging"


@dataclass(frozen=True, slots=True)
class Rest:
    """The REST route of an operation: `{user_name}` in the path is the member of that name."""

    method: str
    path: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Implied:
    """A further action that the caller needs, on `on`, when the member `when` is given (always, if empty).

    `of` demands it of callers of whom that holds: whatever they give, or of them alone if `when` is empty. `facts` are
    condition keys of that action alone, such as `iam:PassedToService`.
    """

    action: str
    on: resources.ResourceType
    when: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    of: Callable[[Principal], bool] | None = None

    def applies(self, call: Call, request: Shape) -> bool:
        """Whether this call needs the action."""
        if self.when and getattr(request, self.when):
            return True
        return self.of(call.principal) if self.of else not self.when


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, declared once; every interface, the documentation and the tests read this."""

    service: str
    name: str
    access: Access
    on: tuple[resources.ResourceType, ...]
    input: type[Shape]
    output: type[Shape] | None
    rest: Rest | None
    errors: tuple[type[Fault], ...]
    conditions: Mapping[str, str]
    implies: tuple[Implied, ...]
    pages: str
    unrestricted: bool
    unsigned: Callable[[Any, datetime], Principal] | None
    identify: Callable[[Call, Any], Principal] | None
    permission: str
    summary: str
    description: str
    module: str
    handler: Callable[..., Any] = field(repr=False)
    beforehand: Callable[[Call, Any], Any] | None = field(default=None, repr=False)

    @property
    def action(self) -> str:
        """`iam:CreateUser`."""
        return f"{self.service}:{self.name}"

    @property
    def mutates(self) -> bool:
        return self.access not in (Access.LIST, Access.READ)

    @property
    def slug(self) -> str:
        """`create_user`: the Python name."""
        return self.handler.__name__

    @property
    def command(self) -> str:
        """`create-user`: the command-line name."""
        return kebab(self.slug)

    def decode(self, raw: Mapping[str, Any]) -> Shape:
        """The input shape, or one ValidationError that names every fault in AWS's wording."""
        try:
            return self.input.model_validate(raw)
        except PydanticError as refused:
            raise decoding.validation_error(refused, self.input) from None

    def __call__(self, *_args: object, **_kwargs: object) -> typing.NoReturn:
        raise TypeError(f"{self.action} is an operation: run it with iamconsole.runtime.dispatch.execute()")


REGISTRY: dict[str, Operation] = {}
"""Every operation by its action, such as `iam:CreateUser`."""


def operation(
    access: Access,
    *,
    on: resources.ResourceType | Sequence[resources.ResourceType],
    rest: Rest | None,
    errors: Sequence[type[Fault]] = (),
    conditions: Mapping[str, str] | None = None,
    implies: Sequence[Implied] = (),
    pages: str = "",
    service: str = "iam",
    unrestricted: bool = False,
    unsigned: Callable[[Any, datetime], Principal] | None = None,
    identify: Callable[[Call, Any], Principal] | None = None,
    permission: str = "",
    beforehand: Callable[[Call, Any], Any] | None = None,
) -> Callable[[Callable[..., Any]], Operation]:
    """Declare an operation.

    `on`: what it acts on; each is authorized. `conditions`: condition key → input member that feeds it.
    `pages`: the output member that is a page of a list. `unrestricted`: an action that AWS allows to every
    authenticated caller even against an explicit deny, such as sts:GetCallerIdentity. `unsigned`: requests carry no
    signature; this tells from the input, as of a moment, who is calling (a token of an identity provider) or raises.
    `identify`: the caller, where the input proves more than the signature (an MFA code), asked within the transaction;
    only for operations that mutate. `permission`: the action that policies must allow, where AWS names another than
    the operation's own. `beforehand(call, input)`: slow work, such as hashing a password, that is done for an
    authorized caller before the transaction holds anybody up; the handler finds the result in `call.prepared`, or None
    within a batch.
    """

    def declare(handler: Callable[..., Any]) -> Operation:
        name = aws_name(handler.__name__)
        output, hints = _output_of(handler), _inputs_of(handler, name)
        text = inspect.getdoc(handler) or ""
        if not text:
            raise TypeError(f"{name} needs a docstring: it is the help text of every interface")
        summary, _, description = text.partition("\n")
        declared = Operation(
            service=service,
            name=name,
            access=access,
            on=(on,) if isinstance(on, resources.ResourceType) else tuple(on),
            input=create_model(f"{name}Request", __base__=Shape, __module__=handler.__module__, **hints),
            output=output,
            rest=rest,
            errors=(*errors, ServiceFailure),
            conditions=dict(conditions or {}),
            implies=tuple(implies),
            pages=pages,
            unrestricted=unrestricted,
            unsigned=unsigned,
            identify=identify,
            permission=permission or f"{service}:{name}",
            summary=summary,
            description=description.strip(),
            module=handler.__module__,
            handler=handler,
            beforehand=beforehand,
        )
        if identify and not declared.mutates:
            raise TypeError(f"{name} must mutate: a proof that is used up is written in its transaction")
        for member in (*declared.conditions.values(), *(i.when for i in declared.implies if i.when)):
            if member not in declared.input.model_fields:
                raise TypeError(f"{name}: `{member}` is not a member of its input")
        if REGISTRY.setdefault(declared.action, declared) is not declared:
            raise TypeError(
                f"{declared.action} is declared twice: {REGISTRY[declared.action].module}, {handler.__module__}"
            )
        return declared

    return declare


def _inputs_of(handler: Callable[..., Any], name: str) -> dict[str, Any]:
    hints = typing.get_type_hints(handler, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(handler).parameters.values())[1:]:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{name}: `{parameter.name}` must be keyword-only")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    return fields


def _output_of(handler: Callable[..., Any]) -> type[Shape] | None:
    output = typing.get_type_hints(handler).get("return")
    if output is type(None):
        return None
    if inspect.isclass(output) and issubclass(output, Shape):
        return output
    raise TypeError(f"{handler.__name__}: the return annotation must be a Shape or None")
