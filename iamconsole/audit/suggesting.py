"""Who could be meant by the beginning of a name, among those who are on record."""

from __future__ import annotations

from typing import Final

from iamconsole.audit import beginnings
from iamconsole.audit.finding import Wanted
from iamconsole.audit.naming import PRINCIPAL, RESOURCE

MOST: Final = 8
LOOKED_AT: Final = 40
"""Names that are tried where a type is wanted as well."""


def arns(account_id: str, text: str) -> list[str]:
    """The ARNs that were last on record under the first names that begin so; two queries."""
    found = [arn for side in (PRINCIPAL, RESOURCE) for arn in _of_side(account_id, Wanted(side, text))]
    return sorted(dict.fromkeys(found), key=lambda arn: (arn.rpartition("/")[2].casefold(), arn))[:MOST]


def _of_side(account_id: str, wanted: Wanted) -> list[str]:
    found = beginnings.names(account_id, wanted, most=LOOKED_AT if wanted.head else MOST)
    return [each.arn for each in found if each.arn and (not wanted.head or wanted.head_is_in(each.arn))]
