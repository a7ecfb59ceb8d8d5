"""The policy simulator: documents and a context to what the engine would decide, and why. Pure.

It asks the engine that decides real requests and adds nothing to its answer.
"""

from policies.simulator.caller import Caller, Stored, caller
from policies.simulator.documents import bound, boundary, levels, listed
from policies.simulator.entries import TYPES, Facts, context
from policies.simulator.errors import UnusableInput
from policies.simulator.keys import keys_of
from policies.simulator.questions import Questions
from policies.simulator.results import Result, Verdict
from policies.simulator.simulation import NOBODY, Attached, Scenario, Simulation, owner, unattached

__all__ = [
    "NOBODY",
    "TYPES",
    "Attached",
    "Caller",
    "Facts",
    "Questions",
    "Result",
    "Scenario",
    "Simulation",
    "Stored",
    "UnusableInput",
    "Verdict",
    "bound",
    "boundary",
    "caller",
    "context",
    "keys_of",
    "levels",
    "listed",
    "owner",
    "unattached",
]
