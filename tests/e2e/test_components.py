"""Every component in a real browser: accessible, by keyboard, on a phone, without scripts, on paper."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.browser import PHONE, assert_accessible, assert_fits
from tests.factories.accounts import make_staff, make_user
from tests.factories.organisation import make_year

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenPage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.e2e.gallery"),
    pytest.mark.slow,
    pytest.mark.sqlite,
]
GALLERY = ("/gallery/", "/gallery/people/", "/gallery/people/?q=zzz", "/gallery/form/", "/gallery/confirm/")
PUBLIC = ("/", "/accessibility/", "/privacy/", "/accounts/login/", "/accounts/password/reset/", "/not/there/")


@pytest.fixture
def person(transactional_db: None) -> Any:
    return make_staff("administrator", name="Ana Ruiz")


@pytest.mark.parametrize("language", ["es", "en"])
def test_axe_finds_nothing_on_public_pages(open_page: OpenPage, language: str) -> None:
    for path in PUBLIC:
        page = open_page(path, language=language)
        assert_accessible(page)
        assert page.get_attribute("html", "lang") == language
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert_fits(page)


@pytest.mark.parametrize("path", GALLERY)
def test_axe_finds_nothing_on_the_components(open_page: OpenPage, person: Any, path: str) -> None:
    page = open_page(path, user=person)
    assert_accessible(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert_accessible(page)
    assert_fits(page)


def test_the_keyboard_comes_first_to_the_content_and_always_shows_where_it_is(
    open_page: OpenPage, person: Any
) -> None:
    page = open_page("/gallery/", user=person)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_the_focus_goes_to_the_error_summary_and_from_there_to_the_field(
    open_page: OpenPage, person: Any
) -> None:
    page = open_page("/gallery/form/", user=person)
    page.fill("#id_notes", "Se queda")
    page.get_by_role("button", name="Guardar").click()
    page.wait_for_selector("#error-summary")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.title().startswith("Error")
    page.locator("#error-summary a[href='#id_title']").click()
    assert page.evaluate("document.activeElement.id") == "id_title"
    assert page.input_value("#id_notes") == "Se queda"
    assert_accessible(page)


def test_a_phone_has_its_menu_with_and_without_scripts(open_page: OpenPage, person: Any) -> None:
    page = open_page("/gallery/people/", user=person, phone=True)
    menu = page.locator("#rail")
    assert not menu.is_visible()
    page.locator(".bar__menu").click()
    menu.wait_for(state="visible")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    plain = open_page("/gallery/people/", user=person, phone=True, scripts=False)
    assert plain.locator("#rail").is_visible()
    assert plain.locator(".bar__menu").get_attribute("href") == "#rail"


def test_the_language_the_scope_and_the_account_menu_work_without_scripts(
    open_page: OpenPage, person: Any
) -> None:
    year = make_year().code
    page = open_page("/gallery/people/?q=ana", user=person, scripts=False)
    page.locator("details.menu:not(.bar__scope) summary").click()
    assert page.locator(".menu__sheet button").last.is_visible()
    page.locator(".bar__scope summary").click()
    page.locator("#switch-year").select_option(year)
    page.locator(".switch button").click()
    page.wait_for_load_state()
    assert page.locator(".bar__year").inner_text() == year
    assert page.url.endswith("/gallery/people/?q=ana")
    page.locator(".languages button[value=en]").click()
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "en"
    assert page.url.endswith("/gallery/people/?q=ana")


def test_rows_become_cards_on_a_phone(open_page: OpenPage, person: Any) -> None:
    make_user(name="Beatriz")
    wide, phone = (
        open_page("/gallery/people/", user=person),
        open_page("/gallery/people/", user=person, phone=True),
    )
    display = "getComputedStyle(document.querySelector('.data tbody tr')).display"
    assert wide.evaluate(display) == "table-row"
    assert phone.evaluate(display) == "flex"
    label = "getComputedStyle(document.querySelector('.data tbody td'), '::before').content"
    assert phone.evaluate(label) not in {"none", '""'}


def test_targets_are_large_enough_for_thumbs(open_page: OpenPage, person: Any) -> None:
    page = open_page("/gallery/", user=person, phone=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".btn, .bar__item, .languages button, .tabs a, .form-control")]
             .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 36).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("/gallery/", "MC-014 Ciencia de datos para la administración pública"),
        ("/privacy/", "Aviso de privacidad"),
    ],
)
def test_paper_did_not_say_on_each_page_what_it_is_and_of_which_day(
    open_page: OpenPage, person: Any, path: str, head: str
) -> None:
    page = open_page(path, user=person, language="es")
    assert not page.locator(".print-head").is_visible()
    paper = page.pdf(prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True)
    sheets = [sheet for sheet in text.stdout.decode().split("\f") if sheet.strip()]
    assert len(sheets) > 1 or path != "/gallery/"
    for number, sheet in enumerate(sheets, 1):
        first, *_others, last = [line.strip() for line in sheet.splitlines() if line.strip()]
        assert first.startswith(head)
        assert "Impreso el" in first
        assert last.replace(" ", "").endswith(f"{number}/{len(sheets)}")


def test_paper_shows_the_tables_and_no_controls(open_page: OpenPage, person: Any) -> None:
    page = open_page("/gallery/", user=person)
    page.emulate_media(media="print")
    assert not page.locator("#rail").is_visible()
    assert not page.locator(".bar").is_visible()
    assert page.locator(".figure table").first.is_visible()
