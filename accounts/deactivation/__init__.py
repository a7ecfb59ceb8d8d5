"""Deactivation: a user who leaves is denied everything, and comes back as it was."""
