"""Every page that answers, on a phone: accessible, no wider than its window, one heading and a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from iqas.accounts.models import User
from iqas.core.routes import routes
from iqas.demo.acceptance.seed import seed
from tests.e2e.browser import assert_accessible, assert_fits
from tests.support import policy

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import OpenPage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.timeout(600),
]
NOT_OURS = ("api:",)  # Swagger's page has its own look
PARTS = ("jobs:job-bell",)  # a part of a page
READ_BY = {"quality_officer": "", "auditor": "review:"}  # role → how the names of its routes begin


def pages_of(client: Any, seeded: dict[str, Any], beginning: str) -> list[str]:
    """The addresses of the HTML pages that answer 200 to this client, one for each route."""
    found = []
    for route in routes():
        if (
            "GET" not in route.methods
            or route.name.startswith(NOT_OURS + PARTS)
            or not route.name.startswith(beginning)
        ):
            continue
        for _centre, url in policy.addresses(route, seeded)[:1]:
            response = client.get(url)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                found.append(url)
            response.close()
    return found


def complaints_about(page: Page) -> list[str]:
    """What is wrong with the page that stands open."""
    complaints = []
    for check in (assert_accessible, assert_fits):
        try:
            check(page)
        except AssertionError as error:
            complaints.append(str(error))
    headings = page.locator("h1").count()
    if headings != 1:
        complaints.append(f"{page.url} has {headings} first headings")
    if not page.title().strip():
        complaints.append(f"{page.url} has no title")
    return complaints


@override_settings(ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False)
def test_every_page_is_accessible_and_fits_a_phone(open_page: OpenPage) -> None:
    seeded = seed()
    people = {entry["role"]: entry["email"] for entry in reversed(seeded["users"])}
    complaints: list[str] = []
    visited = 0
    for role, beginning in READ_BY.items():
        person = User.objects.get(email=people[role])
        page = open_page("/", user=person, phone=True)
        for address in pages_of(policy.client_of(person), seeded, beginning):
            page.goto(address)
            assert urlsplit(page.url).path == urlsplit(address).path
            complaints += complaints_about(page)
            visited += 1
    learner = open_page(urlsplit(seeded["surveys"]["A"][0]).path, phone=True)
    complaints += complaints_about(learner)
    learner.locator("form button[type=submit]").first.click()
    complaints += complaints_about(learner)
    assert not complaints, "\n".join(complaints)
    assert visited > 50, "so few pages are not the product"
