"""Every model of this app, from the packages that own them."""

from policies.documents.models import ManagedPolicy, PolicyVersion
from policies.drafts.models import PolicyDraft
from policies.services.models import RegisteredService

__all__ = ["ManagedPolicy", "PolicyDraft", "PolicyVersion", "RegisteredService"]
