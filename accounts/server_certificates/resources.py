"""Server certificates for the authorizer."""

from __future__ import annotations

from accounts.server_certificates.models import ServerCertificate
from iamconsole.storage.resources import by_name, renamed

SERVER_CERTIFICATE = by_name(ServerCertificate, "server_certificate_name")
NEW_SERVER_CERTIFICATE = renamed(ServerCertificate, "server_certificate_name", "new_server_certificate_name")
