"""A document as statements that a form can show, and back to a text in which nothing else has changed. Pure."""

from policies.composing.document import BLANK, Opened, Piece, closed, opened
from policies.composing.statement import ConditionRow, Fields, fields_of, written

__all__ = ["BLANK", "ConditionRow", "Fields", "Opened", "Piece", "closed", "fields_of", "opened", "written"]
