"""The files of docs/deploy are true: names, commands, ports and references are those of the product."""

from __future__ import annotations

import ipaddress
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

from iamconsole.interfaces.cli.management.commands import start
from iamconsole.settings import environment
from iamconsole.settings.keys import refuse_key_beside_data
from tests.deploy import reading
from tests.deploy.reading import DEPLOY, ROOT

NOT_OURS = re.compile(r"DJANGO_SETTINGS_MODULE|PATH|PYTHON\w+")
DEMANDED = ("DATABASE_URL", "REDIS_URL", "IAM_PUBLIC_URL")
ENVIRONMENTS = dict(reading.environments())
COMMANDS = dict(reading.commands())
WORKLOADS = reading.workloads()


@pytest.mark.parametrize("place", ENVIRONMENTS)
def test_every_variable_exists_and_production_accepts_them(place: str) -> None:
    given = ENVIRONMENTS[place]
    assert given["DJANGO_SETTINGS_MODULE"] == "iamconsole.settings.production"
    assert [name for name in given if name not in environment.NAMES and not NOT_OURS.fullmatch(name)] == []
    values = environment.load({**given, "IAM_ENV_FILE": "/dev/null"})
    assert all(values[name] for name in DEMANDED)
    refuse_key_beside_data(values)


def test_every_variable_that_is_written_of_exists() -> None:
    for document in DEPLOY.rglob("*"):
        if document.is_file():
            named = set(re.findall(r"\bIAM_[A-Z_]+[A-Z]\b", document.read_text()))
            assert named <= set(environment.NAMES), f"{document.name}: {named - set(environment.NAMES)}"


@pytest.mark.parametrize("place", COMMANDS)
def test_every_command_exists_and_takes_its_words(place: str) -> None:
    name, *words = COMMANDS[place]
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(words)


def test_every_command_that_is_written_of_exists() -> None:
    for document in DEPLOY.rglob("*.md"):
        for name in re.findall(r"manage\.py ([a-z][a-z-]*)", document.read_text()):
            assert name in get_commands(), f"{document.name}: {name}"


@pytest.mark.parametrize("way", ["compose", "kubernetes", "systemd"])
def test_every_service_is_started_and_every_way_migrates(way: str) -> None:
    words = [COMMANDS[place] for place in COMMANDS if place.startswith(way)]
    started = {command[1] for command in words if command[0] == "start"}
    assert started == set(start.SERVICES)
    assert way == "systemd" or ["migrate", "--noinput"] in words


def test_there_is_one_scheduler() -> None:
    beats = [service for service in reading.ours().values() if service["command"][:2] == ["start", "beat"]]
    assert [service["deploy"]["replicas"] for service in beats] == [1]
    (beat,) = [each for each in WORKLOADS.values() if reading.container(each)["args"] == ["start", "beat"]]
    assert (beat["spec"]["replicas"], beat["spec"]["strategy"]["type"]) == (1, "Recreate")


def test_ports_agree() -> None:
    port = reading.image_environment()["IAM_PORT"]
    assert re.findall(r"^EXPOSE (\d+)$", reading.dockerfile(), re.MULTILINE) == [port]
    assert set(re.findall(r"server [\w-]+:(\d+);", (DEPLOY / "nginx.conf").read_text())) == {port}
    for service in reading.ours().values():
        for word in service.get("healthcheck", {}).get("test", []):
            assert set(re.findall(r"127\.0\.0\.1:(\d+)", word)) <= {port}
    ports = [each for workload in WORKLOADS.values() for each in reading.container(workload).get("ports", [])]
    assert {(each["name"], each["containerPort"]) for each in ports} == {("http", int(port))}


@pytest.mark.parametrize("name", reading.ours())
def test_a_container_of_compose_can_change_nothing_but_its_data(name: str) -> None:
    service = reading.ours()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_what_compose_refers_to_is_there() -> None:
    file = reading.compose()
    for name, service in file["services"].items():
        volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {volume for volume in volumes if not volume.startswith("./")} <= set(file["volumes"]), name
        assert set(service["networks"]) <= set(file["networks"]), name
        assert set(service.get("secrets", [])) <= set(file["secrets"]), name
        for other, condition in service.get("depends_on", {}).items():
            assert condition["condition"] != "service_healthy" or "healthcheck" in file["services"][other], name
    assert {"nginx.conf"} <= {path.name for path in DEPLOY.iterdir()}


def test_only_the_proxy_is_published_and_only_it_is_believed() -> None:
    file = reading.compose()
    assert [name for name, service in file["services"].items() if "ports" in service] == ["proxy"]
    (trusted,) = {service["environment"]["IAM_TRUSTED_PROXIES"] for service in reading.ours().values()}
    (subnet,) = (each["subnet"] for each in file["networks"]["edge"]["ipam"]["config"])
    assert ipaddress.ip_network(trusted) == ipaddress.ip_network(subnet)
    assert file["networks"]["inside"] == {"internal": True}
    assert file["services"]["database"]["networks"] == ["inside"]


@pytest.mark.parametrize("name", ["broker", "region-home", "region-eu"])
def test_no_valkey_forgets(name: str) -> None:
    command = reading.compose()["services"][name]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_every_region_has_a_server_of_its_own() -> None:
    for place, given in ENVIRONMENTS.items():
        regions = environment.load({**given, "IAM_ENV_FILE": "/dev/null"})["IAM_REGIONS"]
        assert all(regions.values()), place
        assert len(set(regions.values())) == len(regions), place


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_can_change_nothing_but_its_data(name: str) -> None:
    pod = WORKLOADS[name]["spec"]["template"]["spec"]
    only = reading.container(WORKLOADS[name])
    assert pod["automountServiceAccountToken"] is False
    # Kubernetes would add variables such as IAM_CONSOLE_WEB_PORT, which settings refuse as unknown.
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert f"USER {pod['securityContext']['runAsUser']}:" in reading.dockerfile()
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    claims = [each["metadata"]["name"] for each in WORKLOADS[name]["spec"].get("volumeClaimTemplates", [])]
    assert {each["name"] for each in only["volumeMounts"]} == {each["name"] for each in pod["volumes"]} | {*claims}


@pytest.mark.parametrize("name", ["iam-console-web", "iam-console-decision-node"])
def test_whoever_serves_is_probed_spread_and_replaced_one_by_one(name: str) -> None:
    only = reading.container(WORKLOADS[name])
    assert only["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert {"name": "Host", "value": "localhost"} in only["readinessProbe"]["httpGet"]["httpHeaders"]
    assert only["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert WORKLOADS[name]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    kinds = {each["kind"] for each in reading.manifests() if each.get("metadata", {}).get("name") == name}
    assert kinds == {"Deployment", "Service", "PodDisruptionBudget"}


def test_what_selects_pods_finds_some() -> None:
    labels = [workload["spec"]["template"]["metadata"]["labels"] for workload in WORKLOADS.values()]
    for each in reading.manifests():
        spec = each.get("spec", {})
        selector = spec.get("selector") or spec.get("podSelector") or {}
        wanted = selector.get("matchLabels", selector)
        if wanted:
            assert any(wanted.items() <= found.items() for found in labels), each["metadata"]


def test_the_kustomization_lists_what_is_there() -> None:
    (found,) = [each for each in reading.manifests() if each["kind"] == "Kustomization"]
    files = {file.name for file in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert {*found["resources"], "migrate.yaml", "kustomization.yaml"} == files


def test_the_image_holds_the_product_and_nothing_unpinned() -> None:
    text = reading.dockerfile()
    copied = {ROOT / source for source in re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)}
    assert all(source.exists() for source in copied)
    wanted = ("manage.py", "accounts", "iamconsole", "policies", "static", "templates", "requirements/run.txt")
    assert copied == {ROOT / name for name in wanted}
    assert "--require-hashes" in text
    assert all("/" not in image for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["10001:10001"]


def test_the_unit_is_one_that_systemd_accepts(tmp_path: Path) -> None:
    """By systemd's own word where there is one; its sections and its hardening in any case."""
    text = (DEPLOY / "systemd" / "iam-console@.service").read_text()
    assert re.findall(r"^\[(\w+)\]$", text, re.MULTILINE) == ["Unit", "Service", "Install"]
    said: dict[str, Any] = dict(reading.unit())
    assert said["NoNewPrivileges"] == said["ProtectHome"] == "yes"
    assert (said["ProtectSystem"], said["User"], said["CapabilityBoundingSet"]) == ("strict", "iam-console", "")
    assert f"/var/lib/{said['StateDirectory']}" == reading.unit_environment()["IAM_DATA_DIR"]
    if analyze := shutil.which("systemd-analyze"):
        file = tmp_path / "iam-console@web.service"
        file.write_text(text.replace("/opt/iam-console/.venv/bin/python", sys.executable))
        done = subprocess.run([analyze, "verify", str(file)], check=False, capture_output=True, text=True)
        assert [line for line in done.stderr.splitlines() if "iam-console@" in line] == []
