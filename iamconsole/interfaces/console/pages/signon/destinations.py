"""Where a sign-in may lead to: pages of the console and nothing else, whatever the link that began it says."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import reverse

from iamconsole.interfaces.console.site import local_url

LONGEST = 2048


def destination(request: HttpRequest, url: str) -> str:
    """The path of a page of the console, or its first page where `url` is none."""
    home = reverse("console:dashboard")
    if len(url) > LONGEST or not local_url(request, url):
        return home
    parts = urlsplit(url)
    inside = parts.path.startswith(home) and ".." not in unquote(parts.path).split("/")
    return (f"{parts.path}?{parts.query}" if parts.query else parts.path) if inside else home
