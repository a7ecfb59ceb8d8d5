"""Saved views: states of the console's lists under a name."""
