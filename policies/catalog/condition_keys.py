"""Finding condition keys: global ones, those of services, claims of identity providers."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from policies.catalog import builtin
from policies.catalog.caching import cached
from policies.catalog.global_keys import GLOBAL_KEYS
from policies.catalog.lookup import service
from policies.catalog.shapes import ConditionKey
from policies.catalog.spelling import closest

_PLACE: Final = re.compile(r"\$\{[^}]*\}|<[^>]*>")
_MULTIVALUED_CLAIMS: Final = ("amr",)

# Services whose keys are documented by others too: vendor of the key to where else to look.
_ELSEWHERE: Final = {
    "connect": ("cases",),
    "ec2": ("ec2-instance-connect", "ec2messages", "ssm", "ssmmessages"),
    "elasticloadbalancing": ("arc-zonal-shift",),
    "iam": ("sts",),
    "identitystore": ("q", "qbusiness"),
    "iot": ("iotjobsdata",),
    "logs": ("xray",),
    "ssm": ("ec2messages", "ssmmessages"),
}


def condition_key(name: str) -> ConditionKey | None:
    """A condition key by the name that a policy writes, in any case, with a tag key where the key wants one.

    Identity providers are named by host: every claim of one (`example.com/path:sub`) is a key.
    """
    return _find(name.lower())


def vendor(key: str) -> str:
    """The part of a condition key before its colon, in lower case: `aws`, a service prefix or an identity provider."""
    return key.partition(":")[0].lower()


def is_identity_provider(name: str) -> bool:
    """Whether the vendor of a key is the host of an identity provider rather than a service."""
    return "." in name


def is_documented_provider(name: str) -> bool:
    """Whether AWS documents the claims of an identity provider by name, in lower case."""
    return name in builtin.vendors()


@cached(512)
def closest_condition_key(name: str) -> str | None:
    """The condition key that was probably meant; where the key has a part to fill, as documented."""
    return closest(name, (key.name for home in _homes(name.lower()) for key in home.values()))


@cached(4_096)
def _find(name: str) -> ConditionKey | None:
    for keys in _homes(name):
        if found := keys.get(name):
            return found
        if template := next((key for key in keys if _fills(name, key)), None):
            return keys[template]
    if is_identity_provider(vendor(name)) and ":" in name:
        return ConditionKey(name, multivalued=name.rpartition(":")[2] in _MULTIVALUED_CLAIMS)
    return None


def _homes(name: str) -> Iterator[Mapping[str, ConditionKey]]:
    yield GLOBAL_KEYS
    prefix = vendor(name)
    for candidate in (prefix, *_ELSEWHERE.get(prefix, ()), *builtin.vendors().get(prefix, ())):
        if found := service(candidate):
            yield found.condition_keys


def _fills(name: str, template: str) -> bool:
    start = _PLACE.search(template)
    if start is None or not name.startswith(template[: start.start()]):
        return False
    return _pattern(template).fullmatch(name) is not None


@lru_cache(maxsize=512)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _PLACE.split(template))), re.DOTALL)
