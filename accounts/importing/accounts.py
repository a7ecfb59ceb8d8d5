"""The account a document comes from and the one it goes to: their ids differ, and every ARN holds one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from accounts.importing.document import Details
from iamconsole.kernel.errors import ValidationError

OWNER = re.compile(r"arn:[a-z-]+:iam::(\d{12}):")


@dataclass(frozen=True, slots=True)
class Accounts:
    """`source` is empty where the document names no account."""

    source: str
    target: str
    keep: bool = False

    @classmethod
    def of(cls, details: Details, *, target: str, keep: bool) -> Accounts:
        """The one account that the entities of the document belong to (ValidationError where there are several)."""
        lists = (details.user_detail_list, details.group_detail_list, details.role_detail_list, details.policies)
        owners = {match[1] for part in lists for entity in part if (match := OWNER.match(entity.arn))}
        if len(owners) > 1:
            raise ValidationError(f"the document mixes entities of several accounts: {', '.join(sorted(owners))}")
        return cls(source=next(iter(owners), ""), target=target, keep=keep)

    def rewritten(self, text: str) -> str:
        """The text with the id of the source account replaced, within ARNs and where it stands alone as a principal."""
        if not self.source or self.keep:
            return text
        return text.replace(f":{self.source}:", f":{self.target}:").replace(f'"{self.source}"', f'"{self.target}"')
