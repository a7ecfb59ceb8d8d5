"""Did you mean ...?"""

from collections.abc import Iterable
from difflib import get_close_matches

_NEAR, _COMPARED = 4, 5
_CUTOFF, _SHORT_CUTOFF, _SHORT = 0.8, 0.65, 4


def closest(name: str, among: Iterable[str]) -> str | None:
    """The candidate that `name` is most likely a misspelling of, without regard to case; None if none is near."""
    wanted = name.lower()
    letters = frozenset(wanted)
    # difflib is slow: let it see only what has about the same letters.
    near = {
        candidate.lower(): candidate
        for candidate in among
        if abs(len(candidate) - len(name)) <= _NEAR and len(letters.symmetric_difference(candidate.lower())) <= _NEAR
    }
    cutoff = _SHORT_CUTOFF if len(wanted) <= _SHORT else _CUTOFF
    found = get_close_matches(wanted, near, n=_COMPARED, cutoff=cutoff)
    # Letters that changed places are the commonest slip, and the one that difflib thinks least of.
    swapped = [candidate for candidate in found if sorted(candidate) == sorted(wanted)]
    return near[(swapped or found)[0]] if found else None
