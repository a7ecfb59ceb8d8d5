"""Credentials that nobody uses."""
