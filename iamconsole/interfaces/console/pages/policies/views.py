"""Three views of one document: JSON, fields and plain language. Each posts all it shows, so none loses an edit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.policies import pickers, visual
from iamconsole.interfaces.console.visit import Visit
from policies import catalog
from policies.composing import closed, opened
from policies.engine import MalformedPolicy, PolicyKind
from policies.explaining import sentences
from policies.services.queries import catalogue_of

FIELD = "policy_document"
JSON, VISUAL, PLAIN = "json", "visual", "plain"
VIEWS = {VISUAL: _("Visual"), JSON: _("JSON"), PLAIN: _("Plain language")}


@dataclass
class Sheet:
    """A document as it is shown: `parts` are the statements of the visual view, None in the others.

    `faults` are statements that cannot be read: until they are mended, `text` is what it was before.
    """

    text: str
    view: str = JSON
    parts: list[visual.Part] | None = None
    faults: list[Any] = field(default_factory=list)
    turned: bool = False  # another view was asked for, or a button of this one: nothing is to be saved
    found: str = ""  # as it is kept, where a link changes it on the way
    notice: Any = ""  # what the link did

    @classmethod
    def opened(cls, text: str, view: str) -> Sheet:
        """A text in a view; one that cannot be taken apart is shown as JSON."""
        if view == VISUAL:
            document = opened(text)
            if document is None or len(document.pieces) > visual.MOST:
                return cls(text, JSON, faults=[TOO_MANY if document else NO_POLICY])
            return cls(text, VISUAL, visual.parts_of(document))
        return cls(text, view if view in VIEWS else JSON)

    @classmethod
    def sent(cls, visit: Visit, *, name: str = FIELD) -> Sheet:
        """What was typed into the field `name`, in whichever view, and the view that was asked for."""
        post = visit.request.POST
        text = post.get(name, "").replace("\r\n", "\n")
        wish, wanted, shown = post.get("do", ""), post.get("view", ""), post.get("shown", JSON)
        if shown != VISUAL:
            return cls._turn(text, wanted) if wanted else cls.opened(text, shown)
        parts = visual.asked(visual.sent(post), wish, post) if wish else visual.sent(post)
        document = opened(text)
        faults = [part.fault for part in parts if part.fault]
        if faults or document is None:
            return cls(text, VISUAL, parts, faults or [NO_POLICY], turned=bool(wish or wanted))
        text = closed(document, [part.text for part in parts])
        if wish or wanted == VISUAL:
            return cls(text, VISUAL, _rebased(parts), turned=True)
        return cls._turn(text, wanted) if wanted else cls(text, VISUAL, _rebased(parts))

    @classmethod
    def _turn(cls, text: str, view: str) -> Sheet:
        sheet = cls.opened(text, view)
        sheet.turned = True
        return sheet

    @property
    def unreadable(self) -> bool:
        """Whether it was to be saved and cannot be."""
        return bool(self.faults) and not self.turned

    def context(self, visit: Visit, kind: PolicyKind) -> dict[str, Any]:
        """The part of policy_editor.html that is about views."""
        shown: dict[str, Any] = {
            "shown": self.view,
            "document": self.text,
            "view_buttons": [
                {"value": value, "label": label, "current": value == self.view} for value, label in VIEWS.items()
            ],
            "view_faults": self.faults,
            "draft_notice": self.notice,
        }
        if self.view == PLAIN:
            shown["plain"] = plain(self.text, kind)
        if self.parts is not None:
            shown |= _visual(visit, self.parts, kind)
        return shown


TOO_MANY = _("The policy has more statements than fit into a form: edit it as JSON.")
NO_POLICY = _("The text is no policy yet: correct it as JSON first.")


def plain(text: str, kind: PolicyKind) -> list[dict[str, Any]] | None:
    """A sentence for each statement; None for a text that is no policy."""
    try:
        told = sentences(text, kind)
    except MalformedPolicy:
        return None
    return [{"effect": each.effect.value, "text": each.text, "sid": each.sid, "index": each.index} for each in told]


def _rebased(parts: list[visual.Part]) -> list[visual.Part]:
    """The same statements, each on the text that it makes now."""
    return [replace(part, original=part.text) for part in parts]


def _visual(visit: Visit, parts: list[visual.Part], kind: PolicyKind) -> dict[str, Any]:
    own = catalogue_of(visit.call.account_id) if visit.refusal("iamconsole:ListServices") is None else ()
    with catalog.extended(own):
        return {
            "statements": [
                pickers.offered(
                    part, number, with_principals=kind.names_principals, with_resources=kind is not PolicyKind.TRUST
                )
                for number, part in enumerate(parts)
            ],
            "services": sorted(catalog.services()),
        }
