"""Chromium for the tests and for a look from the shell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of the machine (CHROMIUM names another), else the one that Playwright installed."""
    from playwright.sync_api import sync_playwright

    from iqas.core import native

    found = os.environ.get("CHROMIUM") or native.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def assert_accessible(page: Page) -> None:
    """axe finds nothing (WCAG 2.2 A and AA, good practice); the failure lists rule, help and place."""
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run(rules).then((found) => found.violations)", RULES)
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in violation["nodes"][:4])
        for violation in found
    ]
    assert not told, f"axe at {page.url}\n" + "\n".join(told)


def assert_fits(page: Page) -> None:
    """Nothing pushes the page wider than its window (WCAG 1.4.10)."""
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0, f"{page.url} is {excess} px wider than its window"
