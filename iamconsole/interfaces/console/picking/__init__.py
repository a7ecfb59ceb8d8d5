"""Choosing among thousands by typing: what there is to choose from, and the fields of forms that ask for it."""

from iamconsole.interfaces.console.picking.fields import OneField, PickingForm, SomeField
from iamconsole.interfaces.console.picking.sources import GROUPS, JOB_FUNCTIONS, POLICIES, ROLES, SOURCES

__all__ = ["GROUPS", "JOB_FUNCTIONS", "POLICIES", "ROLES", "SOURCES", "OneField", "PickingForm", "SomeField"]
