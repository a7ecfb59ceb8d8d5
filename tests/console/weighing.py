"""What a browser loads for a page: the page, its style sheets, its scripts, and what those import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

IMPORTED = re.compile(r"""^\s*(?:import\b[^"';]*|@import\s+(?:url\()?)["']([^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as it was sent; `body` is as long as what went over the wire."""

    path: str
    body: bytes
    encoding: str = ""

    @property
    def kind(self) -> str:
        return self.path.rpartition(".")[2].upper() if self.path.endswith((".css", ".js")) else "HTML"


class _Linked(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("src"):
            self.found.append(given["src"] or "")
        if tag == "link" and given.get("rel") == "stylesheet":
            self.found.append(given.get("href") or "")


def linked(page: str, plain: Callable[[str], str]) -> list[str]:
    """The addresses of all style sheets and scripts of a page's HTML; `plain` gives the text of one."""
    parser = _Linked()
    parser.feed(page)
    found, waiting = dict.fromkeys(parser.found), list(parser.found)
    while waiting:
        address = waiting.pop()
        more = [urljoin(address, each) for each in IMPORTED.findall(plain(address))]
        waiting += [each for each in more if each not in found]
        found |= dict.fromkeys(more)
    return list(found)


def weights(pages: Iterable[Page]) -> Iterator[dict[str, object]]:
    """By kind: how many files, how many bytes were sent, and in which encodings."""
    by_kind: dict[str, list[Page]] = {}
    for page in pages:
        by_kind.setdefault(page.kind, []).append(page)
    for kind, mine in by_kind.items():
        encodings = sorted({page.encoding or "none" for page in mine})
        sent = sum(len(page.body) for page in mine)
        yield {"what": kind, "files": len(mine), "sent": sent, "encoding": ", ".join(encodings)}
