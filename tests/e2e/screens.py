"""Pictures of pages, wide and on a phone, in both languages: `python -m tests.e2e.screens URL… --out DIR`.

`--as EMAIL --password PASSWORD` signs in first; `--axe` also says what axe finds. A page wider than its window is told.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tests.e2e.browser import PHONE, WIDE, assert_accessible, assert_fits, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page


def sign_in(page: Page, base: str, email: str, password: str) -> None:
    page.goto(urljoin(base, "/accounts/login/"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def picture_name(url: str, width: int, language: str) -> str:
    parts = urlsplit(url)
    place = re.sub(r"\W+", "-", parts.path + parts.query).strip("-") or "home"
    return f"{place}-{width}-{language}.png"


def take(arguments: argparse.Namespace) -> int:
    """Takes every picture; answers how many pages had a complaint."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    complaints = 0
    with chromium() as browser:
        for language in arguments.languages:
            context = browser.new_context(locale=language)
            page = context.new_page()
            said: list[str] = []
            page.on(
                "console",
                lambda message, said=said: said.append(message.text) if message.type == "error" else None,
            )
            if arguments.email:
                sign_in(page, arguments.urls[0], arguments.email, arguments.password)
            for url in arguments.urls:
                for size in (WIDE, PHONE):
                    page.set_viewport_size(size)  # type: ignore[arg-type]
                    answer = page.goto(url)
                    picture = arguments.out / picture_name(url, size["width"], language)
                    page.screenshot(path=picture, full_page=True)
                    problems = check(page, axe=arguments.axe and size is WIDE) + said
                    said.clear()
                    complaints += bool(problems)
                    print(
                        answer.status if answer else "?", picture, *problems, sep="\n  " if problems else " "
                    )
    return complaints


def check(page: Page, *, axe: bool) -> list[str]:
    problems = []
    for look in (assert_fits, *((assert_accessible,) if axe else ())):
        try:
            look(page)
        except AssertionError as complaint:
            problems.append(str(complaint))
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--out", type=Path, default=Path("test-results/screens"))
    parser.add_argument("--as", dest="email", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--languages", nargs="+", default=["es", "en"])
    parser.add_argument("--axe", action="store_true")
    return min(take(parser.parse_args()), 1)


if __name__ == "__main__":
    sys.exit(main())
