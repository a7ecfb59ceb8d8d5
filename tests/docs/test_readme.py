"""The README tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from iamconsole.settings import environment

ROOT = Path(__file__).parents[2]


def test_the_table_of_settings_is_the_one_that_is_enforced() -> None:
    text = (ROOT / "README.md").read_text()
    found = re.search(r"<!-- environment -->\n(.*?)\n<!-- /environment -->", text, re.DOTALL)
    assert found
    assert found.group(1).strip() == environment.as_markdown().strip()


def test_every_link_and_picture_leads_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        text = document.read_text()
        for target in re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        named = set(re.findall(r"`make ([a-z0-9-]+)`", document.read_text()))
        assert named <= targets, f"{document.name}: {named - targets}"
