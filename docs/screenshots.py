"""The pictures of the README, taken from a running `make run`, so that they never lie."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iqas.core.native import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
WIDE, PHONE = (1280, 860), (360, 740)
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@dataclass(frozen=True)
class Picture:
    """A page as one role sees it; `path` may name a code of the demo university."""

    name: str
    path: str
    role: str = "quality_officer"
    size: tuple[int, int] = WIDE


PICTURES = (
    Picture("my-work", "/"),
    Picture("dimensions", "/quality/"),
    Picture("results", "/feedback/campaigns/{largest}/results/"),
    Picture("assessment", "/audits/{self_assessment}/"),
    Picture("review-room", "/review/", role="auditor"),
)


def take_all(url: str, folder: Path) -> None:
    """Write every picture to the folder, in Spanish."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    demo = _demo()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        for role in sorted({picture.role for picture in PICTURES}):
            page = _signed_in(browser, url, demo, role)
            for picture in (one for one in PICTURES if one.role == role):
                page.goto(url + picture.path.format(**demo))
                _keep(page, folder / f"{picture.name}.png")
            page.context.close()
        phone = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="es")
        phone.goto(url + "/s/" + demo["survey_links"][0].rsplit("/s/", 1)[1])
        _keep(phone, folder / "survey.png")
        browser.close()
    _dossier(folder / "dossier.png", demo["dossier"])


def _demo() -> dict:
    out = _manage("demo", "--json")
    largest = (
        "from feedback.models import Campaign as C; print(C.objects.order_by('-responses_count')[0].code)"
    )
    return {**json.loads(out), "largest": _manage("shell", "--no-imports", "-c", largest).strip()}


def _manage(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def _signed_in(browser: Browser, url: str, demo: dict, role: str) -> Page:
    account = next(account for account in demo["accounts"] if account["role"] == role)
    page = browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="es")
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", account["email"])
    page.fill("input[name=password]", account["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    if "/login" in page.url:
        raise RuntimeError(f"{account['email']} could not sign in at {url}.")
    return page


def _keep(page: Page, target: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target)
    print(target.relative_to(ROOT))


def _dossier(target: Path, code: str) -> None:
    """The page of a chapter with its indicators and its evidence."""
    source = ROOT / "var" / f"{code}.pdf"
    subprocess.run(
        ["pdftoppm", "-png", "-r", "60", "-f", "7", "-l", "7", "-singlefile", source, target.with_suffix("")],
        check=True,
    )
    print(target.relative_to(ROOT))
