"""The other regions: a store each, which holds what decisions need and how far it has come (docs/adr/0013).

store     one region's Redis: rows, documents, cursors, lease, deny overlay; written by the scripts of lua/ alone
packing   how a row lies there: authenticated, its secret sealed under a key of that region
feed      what a region has not yet, read from the home region's tables
applier   from the one to the other, in order, once
overlay   revocations that a region is told of before it can apply them
holding   IAM_REPLICATION_DELAY
rows, views    deciding from a region's store
hints, status, progress, digests, upkeep    waking, showing, waiting, proving, sweeping
home, reconciling    home's rows against the account tables; comparing and mending all regions every hour
"""
