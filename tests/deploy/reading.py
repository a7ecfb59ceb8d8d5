"""The files of docs/deploy as data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
WORKLOADS = ("Deployment", "StatefulSet", "Job")
SECRETS = {"POSTGRES_PASSWORD": "p4ss", "VALKEY_PASSWORD": "v4lkey", "PUBLIC_URL": "https://iam.example.com"}


def compose() -> dict[str, Any]:
    """compose.yaml with its variables filled in."""
    text = (DEPLOY / "compose.yaml").read_text()
    filled: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{(\w+):\?\}", lambda found: SECRETS[found[1]], text))
    return filled


def ours() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml that run the product."""
    return {name: service for name, service in compose()["services"].items() if service["image"] == "iam-console"}


def manifests() -> list[dict[str, Any]]:
    """Every object of the Kubernetes files."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text())]


def workloads() -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in manifests() if each["kind"] in WORKLOADS}


def container(workload: dict[str, Any]) -> dict[str, Any]:
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def unit() -> list[tuple[str, str]]:
    """The lines `name=value` of the systemd unit."""
    lines = (DEPLOY / "systemd" / "iam-console@.service").read_text().splitlines()
    return [(name, value) for line in lines if re.match(r"[A-Z]", line) for name, _, value in [line.partition("=")]]


def unit_environment() -> dict[str, str]:
    """What the unit and its example file set, the credential where systemd would put it."""
    pairs = [pair for name, value in unit() if name == "Environment" for pair in value.split()]
    example = (DEPLOY / "systemd" / "environment.example").read_text().splitlines()
    pairs += [line for line in example if line and not line.startswith("#")]
    return {name: value.replace("%d", "/run/credentials") for name, _, value in (pair.partition("=") for pair in pairs)}


def dockerfile() -> str:
    """The Dockerfile with its continued lines joined."""
    return (DEPLOY / "Dockerfile").read_text().replace("\\\n", "")


def image_environment() -> dict[str, str]:
    return dict(re.findall(r"([A-Z_]+)=(\S+)", next(re.finditer(r"^ENV (.*)$", dockerfile(), re.MULTILINE))[1]))


def environments() -> Iterator[tuple[str, dict[str, str]]]:
    """Each process of each way to deploy, and the variables it would see."""
    image = image_environment()
    for name, service in ours().items():
        yield f"compose {name}", {**image, **service["environment"]}
    config = next(each["data"] for each in manifests() if each["kind"] == "ConfigMap")
    secret = {"DATABASE_URL": "postgres://iam@db/iam", "REDIS_URL": "redis://broker/0"}
    secret["IAM_REGIONS"] = "home=redis://home,eu=redis://eu"
    for name, workload in workloads().items():
        own = {each["name"]: each["value"] for each in container(workload).get("env", [])}
        yield f"kubernetes {name}", {**image, **config, **secret, **own}
    yield "systemd", unit_environment()


def commands() -> Iterator[tuple[str, list[str]]]:
    """What is given to manage.py, by where it stands."""
    for name, service in ours().items():
        yield f"compose {name}", service["command"]
    for name, workload in workloads().items():
        yield f"kubernetes {name}", container(workload)["args"]
    (line,) = [value for name, value in unit() if name == "ExecStart"]
    for instance in re.findall(r"iam-console@([\w-]+)", _first_line()):
        words = line.replace("%i", instance).split()
        yield f"systemd {instance}", words[words.index("manage.py") + 1 :]
    yield "Dockerfile", re.findall(r'"([^"]+)"', next(re.finditer(r"^CMD (.*)$", dockerfile(), re.MULTILINE))[1])


def _first_line() -> str:
    """What names the instances of the unit."""
    return (DEPLOY / "systemd" / "iam-console@.service").read_text().splitlines()[0]
