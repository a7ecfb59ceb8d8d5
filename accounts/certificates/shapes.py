"""What certificates of users and of servers share on the wire."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import LATIN, Sensitive, Text

CertificateBody = Annotated[str, Text(1, 16384, LATIN), Sensitive]
"""What was uploaded: hidden, since one file often holds the private key as well."""
CertificateChain = Annotated[str, Text(1, 2097152, LATIN), Sensitive]
