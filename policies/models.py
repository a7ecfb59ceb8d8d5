"""Every model of this app, from the packages that own them."""

from policies.documents.models import ManagedPolicy, PolicyVersion

__all__ = ["ManagedPolicy", "PolicyVersion"]
