"""Asking why a token is or is not accepted."""
