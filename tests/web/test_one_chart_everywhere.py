"""The same figures are drawn as the same bytes: on the staff's page, in the auditor's room and in the dossier."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from audits.dossier.render import to_html
from audits.models import Dossier
from audits.services import dossiers
from feedback.services import reports
from iqas.indicators.models import Definition, Target
from iqas.indicators.packs import load
from iqas.indicators.services.measuring import measure
from iqas.indicators.status import Aim
from iqas.indicators.trend import Year, trend_chart
from iqas.indicators.words import aim_words
from microcredentials.documents.content import from_json
from microcredentials.documents.render import Seal
from microcredentials.documents.render import to_html as document_html
from microcredentials.models import EnrolmentCount
from tests.factories.audits import Cast, make_cast, make_dossier
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_year

CHART = re.compile(r"<svg[^>]*>.*?</svg>", re.DOTALL)
CODES = ("completion-rate", "overall-satisfaction", "response-rate")


def drawn(html: str, finding: str) -> str:
    """The one chart whose title says the finding."""
    found = {chart for chart in CHART.findall(html) if finding in chart}
    assert len(found) == 1
    return found.pop()


@pytest.fixture
def cast(at: Callable[[str], None]) -> Cast:
    """Three measured years: one withheld, one with thirds that no decimal writes out, each with its target."""
    at("2026-10-01 10:00")
    load()
    cast = make_cast()
    microcredential = make_microcredential("Datos abiertos", approved=True, centre=cast.centre)
    for start, (enrolled, completed) in zip((2023, 2024, 2025), ((4, 3), (21, 14), (23, 17)), strict=True):
        year = make_year(start)
        edition = make_edition(microcredential, starts=date(start, 10, 6), ends=date(start, 11, 28))
        EnrolmentCount.objects.create(
            edition=edition,
            enrolled=enrolled,
            completed=completed,
            presented=completed,
            passed=1 if enrolled == 4 else 8,
            source="Acta",
        )
        make_results(f"C-{start}", [rate_all(4)] * 7 + [rate_all(2)] * 4, edition=edition, invited=19)
        for code, value in zip(CODES, ("0.825", "0.70", "0.5"), strict=True):
            Target.objects.create(
                definition=Definition.objects.get(code=code, is_current=True),
                scope=cast.centre.scope, year=year, kind="at_least", value=Decimal(value),
            )  # fmt: skip
        measure(year=year)
    return cast


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_trend_has_the_same_bytes_on_every_page_and_in_the_dossier(
    cast: Cast, language: str, staff: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "to_pdf", lambda content, enclosures: b"%PDF-1.7")
    monkeypatch.setattr(dossiers, "lint", lambda pdf, attached: [])
    monkeypatch.setattr(dossiers, "count_pages", lambda pdf: 1)
    dossier = make_dossier(cast, language=language)
    printed = to_html(dossiers.content_of(dossier))
    officer, auditor = client_for(staff("quality_officer")), client_for(staff("auditor", dossier.scope))
    for code in CODES:
        page = officer.get(staff_url(code, cast), headers={"accept-language": language}).content.decode()
        room = auditor.get(room_url(code, dossier), headers={"accept-language": language}).content.decode()
        finding = re.search(r"<title[^>]*>([^<]*2025-26[^<]*)</title>", page.split("<figure", 1)[1])
        assert finding, code
        for shown in (page, room, printed):
            assert finding[1] in CHART.sub("", shown), "the finding is read, not only drawn into the picture"
        chart = drawn(page, finding[1])
        assert chart == drawn(room, finding[1]) == drawn(printed, finding[1])


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "en"])
def test_answers_have_the_same_bytes_on_the_page_and_in_the_printed_report(
    language: str, staff: Any, client_for: Any
) -> None:
    campaign = make_results("C-1", [rate_all(4)] * 7 + [rate_all(2)] * 4, invited=19)
    officer = staff("quality_officer", language=language)
    address = reverse("feedback:campaign-results", args=["C-1"])
    page = client_for(officer).get(address, headers={"accept-language": language}).content.decode()
    report = reports.request_campaign(actor=officer, campaign=campaign, language=language)
    seal = Seal("REP-1", report.requested_at, officer.name, report.content_sha256, "IQAS")
    on_paper = CHART.findall(document_html(from_json(report.body), seal))
    assert len(on_paper) == 4
    assert set(on_paper) <= set(CHART.findall(page))


def staff_url(code: str, cast: Cast) -> str:
    return reverse("indicators:indicator-detail", args=[code]) + f"?scope={cast.centre.code}"


def room_url(code: str, dossier: Dossier) -> str:
    return reverse("review:indicator-detail", args=[dossier.code, code])


def year(label: str, status: str, value: str = "", **aim: Any) -> Year:
    return Year(label, status, Decimal(value) if value else None, n=20 if value else None, **aim)


@pytest.mark.parametrize(
    ("years", "title", "line"),
    [
        ((), "There is no figure to show yet", None),
        ((year("2024-25", "no_target", "0.5"), year("2025-26", "no_data")), "2024-25: 50.0\u00a0%, without a target", None),
        ((year("2025-26", "suppressed"),), "2025-26 has no figure: withheld: small group", None),
        (
            (year("2025-26", "partly", "0.79", target_kind="at_least", target=Decimal("0.8")),),
            "2025-26 just misses the target: 79.0\u00a0% (target ≥\u00a080\u00a0%)",
            0.8,
        ),
        (
            (year("2025-26", "met", "0.1", target_kind="range", target=Decimal("0.05"), target_upper=Decimal("0.15")),),
            "2025-26 reaches the target: 10.0\u00a0% (target 5\u00a0% – 15\u00a0%)",
            None,
        ),
    ],
)  # fmt: skip
def test_the_title_says_how_the_latest_year_stands(
    years: tuple[Year, ...], title: str, line: float | None
) -> None:

    with translation.override("en"):
        chart = trend_chart("Completion rate", "share", years)
    assert (chart.title, chart.target) == (title, line)


@pytest.mark.parametrize(
    ("aim", "unit", "words"),
    [
        (Aim("at_least", Decimal("0.925000"), None, Decimal(0)), "share", "≥\u00a092,5\u00a0%"),
        (Aim("at_most", Decimal("0.8"), None, Decimal(0)), "share", "≤\u00a080\u00a0%"),
        (Aim("at_least", Decimal("4.25"), None, Decimal(0)), "mean", "≥\u00a04,25"),
        (None, "share", ""),
    ],
)
def test_a_target_is_never_rounded_to_another(aim: Aim | None, unit: str, words: str) -> None:
    """The dimensions told ≥ 93 % where ≥ 92,5 % was aimed at."""

    with translation.override("es"):
        assert aim_words(aim, unit) == words
