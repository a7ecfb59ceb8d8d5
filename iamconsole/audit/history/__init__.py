"""The access history: every decision of every door, written off the hot path (docs/adr/0008).

recorder.py       where decisions wait, and the thread that takes them away
folding.py        what repeats becomes a count: pure
evidence.py       what a row says of a decision: statements, policies, context: pure
writing.py        what was folded goes into the tables, in one short transaction
explaining.py     what is kept behind the authorization ids of the decision doors
keeping.py        forgetting by age, and displacing by number
queries.py        reading, within the caller's account alone
operations.py     iamconsole:ListAccessHistory, iamconsole:GetAccessHistorySummary
"""
