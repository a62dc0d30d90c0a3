"""The page of a micro-credential: short, what is due first, every part reached from the list at its head, without scripts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from microcredentials.models import MicroCredential
from tests.factories.improvement import ActionFactory
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
FOLD = re.compile(r'<h2 id="([a-z-]+)">[^<]*</h2>\s*<details( open)?>')


@pytest.fixture
def full(at: Any) -> MicroCredential:
    """Approved, with editions and an action that is late."""
    at("2026-03-02 10:00")
    call_command("load_packs", verbosity=0)
    microcredential = make_microcredential("Datos", approved=True)
    for _year in range(2):
        make_edition(microcredential)
    ActionFactory(scope=microcredential.scope, due=date(2026, 2, 1))
    return microcredential


def page_of(client: Any, microcredential: MicroCredential) -> str:
    return text_of(client.get(microcredential.get_absolute_url()))


def listed(page: str) -> list[str]:
    (contents,) = re.findall(r'<nav class="page-contents.*?</nav>', page, re.DOTALL)
    return re.findall(r'href="#([a-z-]+)"', contents)


def test_the_list_leads_to_every_section_in_their_order(
    full: MicroCredential, staff: Any, client_for: Any
) -> None:
    page = page_of(client_for(staff("quality_officer")), full)
    ids = re.findall(r'<h2 id="([a-z-]+)"', page)
    assert listed(page) == [each for each in ids if each != "next-steps"]
    assert {"facts", "editions", "completeness", "outcomes", "versions", "history"} <= set(ids)
    every = re.findall(r'\bid="([^"]+)"', page)
    assert len(every) == len(set(every))


def test_what_is_due_is_open_and_said_in_the_list(full: MicroCredential, staff: Any, client_for: Any) -> None:
    page = page_of(client_for(staff("quality_officer")), full)
    opened = {name for name, is_open in FOLD.findall(page) if is_open}
    closed = {name for name, is_open in FOLD.findall(page) if not is_open}
    assert opened == {"panel-acciones-de-mejora"}
    assert {"completeness", "outcomes", "history"} <= closed
    panels = re.findall(r'id="(panel-[a-z-]+)"', page)
    assert panels[0] == "panel-acciones-de-mejora"
    (contents,) = re.findall(r'<nav class="page-contents.*?</nav>', page, re.DOTALL)
    assert len(re.findall("tone-unmet", contents)) == 1


def test_a_draft_with_gaps_shows_them_first(staff: Any, client_for: Any) -> None:
    call_command("load_packs", verbosity=0)
    draft = make_microcredential("Datos", complete=False)
    page = page_of(client_for(staff("quality_officer")), draft)
    assert listed(page)[0] == "completeness"
    assert ("completeness", " open") in FOLD.findall(page)


def test_few_statements(full: MicroCredential, staff: Any, client_for: Any, max_queries: Any) -> None:
    client = client_for(staff("quality_officer"))
    client.get(reverse("microcredentials:microcredential-list"))
    with max_queries(20):
        client.get(full.get_absolute_url())
