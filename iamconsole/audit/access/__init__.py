"""Who can do what, and why: questions asked of the engine about requests that nobody made.

attached.py      the policies that resources of an account have
tracing.py       a simulated decision with everything that a kept denial tells
holdings.py      principals with their policies and by which group they have them, for many at once
grants.py        what statements let a principal do, by service: pure
reach.py         who can do an action on a resource; which roles can be assumed, in how many steps
usage.py         what of it was used, out of the access history
operations.py    iamconsole:ExplainAccess, GetEffectiveAccess, ListLastAccess, ListPrincipalsWithAccess …
"""
