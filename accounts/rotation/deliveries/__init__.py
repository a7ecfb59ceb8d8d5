"""How a new key reaches its workload.

    delivery = read("webhook", {"Url": "https://…", "Secret": "whsec_…"})
    delivery.check()
    receipt = delivery.deliver(new_key)

    interface         NewKey, Receipt, Delivery, DeliveryFailed
    kinds             the table of kinds, and which of their settings are secret
    settings          what all settings share: members, faults, the guard of outbound requests
    pull · webhook · vault · secrets_manager · file    the kinds

Nothing here has rows, knows where a rotation stands, or logs. Deliver outside of transactions: a target may take ten
seconds to answer each request.
"""

from .interface import Delivery, DeliveryFailed, NewKey, Receipt
from .kinds import KINDS, SECRET_MEMBERS, TABLE, Kind, read
from .pull import PULL
from .settings import SettingsRefused

__all__ = [
    "KINDS",
    "PULL",
    "SECRET_MEMBERS",
    "TABLE",
    "Delivery",
    "DeliveryFailed",
    "Kind",
    "NewKey",
    "Receipt",
    "SettingsRefused",
    "read",
]
