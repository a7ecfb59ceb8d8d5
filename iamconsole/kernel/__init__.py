"""The pure vocabulary every context shares: operations, shapes, faults, the call, paging, quotas, the clock and ports.

Nothing in here imports Django, DRF or Celery (an import contract holds that).
"""
