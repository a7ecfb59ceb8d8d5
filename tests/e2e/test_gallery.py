"""The gallery is whole: a page that is in no picture is in no sweep either."""

from __future__ import annotations

from iamconsole.interfaces.console.routes import ROUTES
from tests.e2e.entering import PEOPLE
from tests.e2e.gallery import GALLERY, NO_PAGE
from tests.e2e.pictures import OUT

ACCOUNT = "123456789012"
THINGS = {
    "account": ACCOUNT,
    "alias": "engines",
    "certificate": "TSACERTIFICATE",
    "denial": "d-1",
    "event": "0b6f6d2e-0000-4000-8000-000000000000",
    "git": "ACCA1",
    "key": "AKIA1",
    "oidc": f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com",
    "other_key": "AKIA2",
    "policy": f"arn:aws:iam::{ACCOUNT}:policy/Reports",
    "rotation": "kr-1",
    "saml": f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp",
    "saml_ticket": "t",
    "scratch": f"arn:aws:iam::{ACCOUNT}:policy/Scratch",
    "service_key": "AKIA3",
    "ssh_key": "APKA1",
    "view": "v1",
}


def test_every_page_is_in_the_gallery_or_said_to_be_none() -> None:
    pictured, known = {each.shows(THINGS) for each in GALLERY}, {route.name for route in ROUTES}
    assert known - pictured - set(NO_PAGE) == set()
    assert set(NO_PAGE) - known == set(), "these routes are no more"
    assert set(NO_PAGE) & pictured == set(), "these are pages after all"


def test_a_picture_has_a_name_of_its_own_and_somebody_to_look_at_it() -> None:
    names = [each.name for each in GALLERY]
    assert len(names) == len(set(names))
    assert {each.who for each in GALLERY} <= {*PEOPLE, ""}


def test_no_screenshot_is_of_a_page_that_is_no_more() -> None:
    names = {each.name for each in GALLERY}
    kept = {picture.stem.rpartition("-")[0] for picture in OUT.glob("*.png")}
    assert kept - names == set(), "`make screenshots` takes them away"
