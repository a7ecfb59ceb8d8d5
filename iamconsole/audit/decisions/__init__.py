"""The explained denial, kept: what was decided, by which policies as they were then, and the smallest way out.

denial.py         what the authorizer hands over with a refusal
fixes.py          what would turn a denial into an allow (amending.py, circumstances.py): pure
explanation.py    a denial as JSON: evaluations, checks, near misses, fixes, policies: pure
keeping.py        storing and forgetting
queries.py        reading, within the caller's account alone
operations.py     iam-toolbox, sts:DecodeAuthorizationMessage, iamconsole:ExplainDenial
"""
