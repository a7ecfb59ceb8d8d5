"""Managed policies and the policy editor."""
