"""Every questionnaire that ships, answered on a phone by keyboard alone: every section accessible, one mistake mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedback import packs
from feedback.answer_sheet import field_name
from feedback.models import Item
from feedback.packs.schema import QuestionnairePack
from feedback.selectors.survey import screens_of
from feedback.services.questionnaires import store_pack
from iqas.core.packs import read_pack
from tests.e2e.browser import assert_accessible, assert_fits
from tests.e2e.hands import Hands
from tests.factories.feedback import links_of, make_campaign, make_questionnaire

if TYPE_CHECKING:
    from pathlib import Path

    from feedback.models import Campaign
    from tests.e2e.conftest import OpenPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]
QUESTIONNAIRES = sorted(packs.FOLDER.glob("*.yaml"))
ON = ".survey-actions button[name=go]"
UNNAMED = """() => [...document.querySelectorAll("main input[type=radio], main fieldset input")]
    .filter((input) => !input.closest("fieldset")?.querySelector(":scope > legend")?.innerText.trim())
    .map((input) => input.id)"""


@pytest.mark.parametrize("pack", QUESTIONNAIRES, ids=lambda path: path.stem)
def test_a_whole_survey_by_keyboard_alone_on_a_phone(open_page: OpenPage, pack: Path) -> None:
    campaign = make_campaign(version=store_pack(read_pack(pack, QuestionnairePack)[0]), links=5)
    sections = screens_of(campaign)
    hands = Hands(open_page(links_of(campaign)[0], phone=True))
    check(hands)
    hands.press("main a.button")
    send_nothing(hands, campaign, last=len(sections))
    answers = chosen_answers([item for screen in sections for item in screen.items])
    hands.page.goto(f"/s/c/{campaign.code}/1/")
    for number, screen in enumerate(sections, start=1):
        assert hands.page.url.endswith(f"/{number}/")
        check(hands)
        assert hands.page.locator(".question").count() == len(screen.items)
        for item in screen.items:
            answer(hands, item, answers[item.code])
        hands.press(ON)
    check(hands)
    assert hands.page.locator(".receipt").count() == 1
    assert campaign.invitations.filter(used=True).count() == 1


def check(hands: Hands) -> None:
    assert_accessible(hands.page)
    assert_fits(hands.page)
    assert hands.page.locator("h1").count() == 1
    assert hands.page.evaluate(UNNAMED) == [], "choices without the question that they answer"


def send_nothing(hands: Hands, campaign: Campaign, *, last: int) -> None:
    """The last section sent empty: the focus is on what is wrong, and from there one key away from the question."""
    hands.page.goto(f"/s/c/{campaign.code}/{last}/")
    hands.press(ON)
    check(hands)
    assert hands.page.title().startswith("Error")
    assert hands.page.evaluate("document.activeElement.id") == "problems"
    hands.page.keyboard.press("Tab")
    place = hands.page.evaluate("document.activeElement.hash.slice(1)")
    hands.page.keyboard.press("Enter")
    assert hands.page.evaluate("document.activeElement.id") == place


def chosen_answers(items: list[Item]) -> dict[str, int]:
    """The first point of each scale, or the one that leads to more questions."""
    chosen = {item.code: item.points[0] if item.points else 0 for item in items}
    return chosen | {item.shown_if_code: item.shown_if_values[0] for item in items if item.is_conditional}


def answer(hands: Hands, item: Item, value: int) -> None:
    name = field_name(item)
    if item.kind in (Item.Kind.TEXT, Item.Kind.NUMBER):
        hands.write(**{name: "Escrito con el teclado." if item.kind == Item.Kind.TEXT else str(value)})
    elif item.kind == Item.Kind.MULTIPLE:
        hands.tick(f"input[name='{name}'][value='{value}']")
    else:
        hands.mark(name, str(value))


def test_a_comment_that_names_somebody_comes_back_with_the_focus_on_what_was_found(
    open_page: OpenPage,
) -> None:
    campaign = make_campaign(version=make_questionnaire(("text",)), links=5)
    hands = Hands(open_page(links_of(campaign)[0], phone=True))
    hands.press("main a.button")
    hands.write(**{"q-A1": "Pregunten a x9@uni.es"})
    hands.press(ON)
    check(hands)
    assert hands.page.evaluate("document.activeElement.id") == "namings"
    hands.press("button[name=as_is]")
    check(hands)
    assert hands.page.locator(".receipt").count() == 1
