"""Every page that answers, on a phone: accessible, no wider than its window, one heading and a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import Error

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
PARTS = ("jobs:job-bell", "university:university-logo")  # a part of a page
READ_BY = {"quality_officer": "", "auditor": "review:"}  # role → how the names of its routes begin


def addresses_of(role: str, seeded: dict[str, Any]) -> list[str]:
    """One address of every route that answers this role, as docs/access-policy.csv says."""
    told = {o.route for o in policy.written() if (o.role, o.method, o.status) == (role, "GET", 200)}
    return [
        policy.addresses(route, seeded)[0][1]
        for route in routes()
        if route.name in told
        and route.name.startswith(READ_BY[role])
        and not route.name.startswith(NOT_OURS + PARTS)
    ]


def is_page(page: Page, address: str) -> bool:
    """Goes there; false for a file, which the browser shows or keeps in its own way."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    assert answer is not None
    assert answer.status == 200, f"{address}: {answer.status}"
    return answer.headers["content-type"].startswith("text/html")


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
    for role in READ_BY:
        page = open_page("/", user=User.objects.get(email=people[role]), phone=True)
        for address in addresses_of(role, seeded):
            if is_page(page, address):
                assert urlsplit(page.url).path == urlsplit(address).path
                complaints += complaints_about(page)
                visited += 1
    assert not complaints, "\n".join(complaints)
    assert visited > 70, "so few pages are not the product"
