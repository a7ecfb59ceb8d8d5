"""Logging: one JSON record a line, whatever the values hold."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest
import structlog

from iamconsole.settings import logs


@pytest.fixture
def stream():
    stream = io.StringIO()
    config = logs.configure()
    config["handlers"]["stderr"]["stream"] = stream
    config["loggers"] = {"proof": {"handlers": ["stderr"], "level": "INFO", "propagate": False}}
    del config["root"]
    logging.config.dictConfig(config)
    return stream


@pytest.mark.parametrize(
    "logger", [structlog.get_logger("proof"), logging.getLogger("proof")], ids=["structlog", "stdlib"]
)
def test_a_value_cannot_forge_a_second_record(stream, logger):
    logger.info("signed in as\r\nERROR forged")
    (line,) = stream.getvalue().splitlines()
    record = json.loads(line)
    assert record["event"] == "signed in as\r\nERROR forged"
    assert (record["level"], record["logger"]) == ("info", "proof")
    assert record["timestamp"].endswith("Z")


def test_context_and_traceback_are_fields_of_the_record(stream):
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger("proof").bind(account="123456789012").exception("failed", when=object)
    (line,) = stream.getvalue().splitlines()
    record = json.loads(line)
    assert record["account"] == "123456789012"
    assert "ValueError: broken" in record["exception"]
