"""The history tells codes by their labels, in the reader's language, whoever acted in which language."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from microcredentials.services import partners
from tests.factories.accounts import make_staff
from tests.factories.audits import make_cast, make_written
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.partners import make_partner
from tests.support.pages import assert_shows, text_of

pytestmark = pytest.mark.django_db


def history_of(response: Any) -> str:
    """The part of the page that is the timeline."""
    page = text_of(response)
    return page[page.index('class="timeline"') :]


def test_the_states_of_an_edition_were_raw_codes(staff: Any, client_for: Any) -> None:
    edition = make_edition(state="results_signed")
    page = client_for(staff("quality_officer")).get(
        edition.get_absolute_url(), headers={"accept-language": "es"}
    )
    told = history_of(page)
    for code in ("results_signed", ">finished<", ">running<", ">planned<"):
        assert code not in told
    assert "<ins>acta firmada</ins>" in told


def test_what_a_partner_does_was_kept_in_the_language_of_who_said_it(staff: Any, client_for: Any) -> None:
    partner, microcredential = make_partner(), make_microcredential(approved=True)
    with translation.override("es"):
        partners.add_participation(
            actor=make_staff("quality_officer"),
            microcredential=microcredential,
            partner=partner,
            role="need",
            since=date(2026, 1, 9),
        )
    client = client_for(staff("quality_officer"))
    for address in (partner.get_absolute_url(), microcredential.get_absolute_url()):
        assert "stated the need" in history_of(client.get(address, headers={"accept-language": "en"}))
        assert "expresó la necesidad" in history_of(client.get(address, headers={"accept-language": "es"}))


def test_the_kind_and_the_days_of_evidence_were_raw(client_for: Any, at: Any) -> None:
    at("2026-10-01 10:00")
    cast = make_cast()
    make_written(cast)
    page = client_for(cast.author).get("/quality/evidence/E-0001/", headers={"accept-language": "en"})
    assert_shows(page, "E-0001")
    told = history_of(page)
    assert "<ins>minutes</ins>" not in told
    assert "2026-03-" not in told
