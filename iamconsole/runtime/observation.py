"""What is told of each operation beside the audit trail: a line in the log (where settings want it) and a span."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import structlog
from structlog.contextvars import bound_contextvars

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import tracing

logger = structlog.get_logger(__name__)
level = logging.getLogger(__name__)  # asked first: where nobody wants the line, it costs nothing


@dataclass(slots=True)
class Seen:
    """How an operation ended: the code of its fault, empty for success."""

    code: str = ""


@contextmanager
def observed(call: Call, operation: Operation) -> Iterator[Seen]:
    """Around an operation: every record of the log that is written inside names request, account, door and operation.

    Inputs and results are not told: the trail has them, without what is sensitive.
    """
    facts = {"operation": operation.action, "account": call.account_id, "door": call.door}
    facts["request_id"] = call.request_id
    seen, began = Seen(), perf_counter()
    with bound_contextvars(**facts), tracing.operation(operation.action, _attributes(facts)) as span:
        try:
            yield seen
        except Fault as fault:
            seen.code = fault.code
            raise
        finally:
            if span is not None and seen.code:
                span.set_attribute("error.type", seen.code)
            if level.isEnabledFor(logging.INFO):
                latency = round((perf_counter() - began) * 1000, 2)
                logger.info("operation", principal=call.principal.arn, code=seen.code or "ok", latency_ms=latency)


def _attributes(facts: dict[str, str]) -> dict[str, str | int]:
    return {f"iam.{name}": value for name, value in facts.items()}
