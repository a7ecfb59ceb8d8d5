"""Finding services, actions and condition keys: built-in ones, those of this installation, those of an account."""

from collections.abc import Iterable, Iterator
from itertools import chain

from policies.catalog import builtin
from policies.catalog.caching import cached, forget_answers
from policies.catalog.overlay import laid_over
from policies.catalog.shapes import Action, Service
from policies.catalog.spelling import closest
from policies.engine import matches

_registered: dict[str, Service] = {}


def register(service: Service) -> None:
    """Add a service of this installation. Raises ValueError if its prefix is taken."""
    prefix = service.prefix.lower()
    if prefix in _registered or prefix in builtin.names():
        raise ValueError(f"there is a service `{prefix}` already: choose another prefix")
    _registered[prefix] = service
    forget_answers()


def service(prefix: str) -> Service | None:
    """The service of a prefix, in any case."""
    prefix = prefix.lower()
    return laid_over().get(prefix) or _registered.get(prefix) or builtin.service(prefix)


def is_builtin(prefix: str) -> bool:
    """Whether a service is one of AWS's."""
    return prefix.lower() in builtin.names() and prefix.lower() not in laid_over()


def services() -> Iterable[str]:
    """The prefixes of all services."""
    return chain(builtin.names(), _registered, laid_over())


def action(name: str) -> Action | None:
    """An action by its full name (`s3:GetObject`), in any case."""
    prefix, _, short = name.partition(":")
    found = service(prefix)
    return found.actions.get(short.lower()) if found else None


def actions_matching(pattern: str) -> Iterator[Action]:
    """The actions that a pattern of a policy names. `*` reads the data of every service."""
    prefix, _, short = ("*", "", "*") if pattern == "*" else pattern.lower().partition(":")
    wild = "*" in prefix or "?" in prefix
    for candidate in [name for name in services() if matches(prefix, name)] if wild else [prefix]:
        if (found := service(candidate)) is not None:
            yield from (found.actions[name] for name in found.actions if matches(short, name))


@cached(4_096)
def names_an_action(pattern: str) -> bool:
    """Whether a pattern within one service (`s3:Get*`) names any action."""
    prefix, _, short = pattern.lower().partition(":")
    found = service(prefix)
    if found is None:
        return False
    if "*" not in short and "?" not in short:
        return short in found.actions
    return any(matches(short, name) for name in found.actions)


@cached(256)
def closest_service(prefix: str) -> str | None:
    """The service prefix that was probably meant."""
    return closest(prefix, services())


@cached(256)
def closest_action(name: str) -> str | None:
    """The action of the same service that was probably meant, by its full name."""
    prefix, _, short = name.partition(":")
    found = service(prefix)
    near = closest(short, found.actions) if found else None
    return found.actions[near].full_name if found and near else None
