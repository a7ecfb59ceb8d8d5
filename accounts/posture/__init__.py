"""How an account stands: what its dashboard recommends, and what a new one has done so far."""
