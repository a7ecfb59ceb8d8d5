"""Files in forms: as bounded as the rest of a form, and never on the disk."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class BoundedUpload(MemoryFileUploadHandler):
    """Refuses a form of more than FILE_UPLOAD_MAX_MEMORY_SIZE before it is read.

    Django bounds fields alone and would write a file of any size to the disk, for visitors without a session, too.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        super().handle_raw_input(*args, **kwargs)
        if not self.activated:
            raise RequestDataTooBig("The form is larger than FILE_UPLOAD_MAX_MEMORY_SIZE.")
