"""What a change of a policy would change: questions about two documents, each decided under the old and the new. Pure.

It asks the engine that decides real requests and adds nothing to its answer.
"""

from policies.previews.change import Change, Effect, allowed, differences, exchanged, speaks_of
from policies.previews.edit import Edit, LayerEdit, Replacement, documents_of, made
from policies.previews.questions import Named, Question, named_by, services_of

__all__ = [
    "Change",
    "Edit",
    "Effect",
    "LayerEdit",
    "Named",
    "Question",
    "Replacement",
    "allowed",
    "differences",
    "documents_of",
    "exchanged",
    "made",
    "named_by",
    "services_of",
    "speaks_of",
]
