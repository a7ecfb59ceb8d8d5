"""What is done to many rows of a list at once: declared as data, previewed by a dry run, done all or nothing."""

from iamconsole.interfaces.console.bulk.actions import Bulk, BulkList, Skipped
from iamconsole.interfaces.console.bulk.pages import bulk_page, list_page

__all__ = ["Bulk", "BulkList", "Skipped", "bulk_page", "list_page"]
