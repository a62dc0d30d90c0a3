"""From a number of the university down to the answers, within what a person may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from feedback.models import Campaign
from iqas.core.access import allowed, can
from iqas.indicators.models import Definition, Target
from iqas.indicators.packs import load
from iqas.indicators.services.measuring import measure
from iqas.organisation.models import Scope
from microcredentials.models import Edition, EnrolmentCount
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
LIST = "/quality/indicators/"


@pytest.fixture
def edition() -> Edition:
    """A measured edition of FAC-A: 20 learners, 15 completed; 8 of 10 answered, all of them content."""
    load()
    edition = make_edition(
        make_microcredential("Datos <b>abiertos</b>", approved=True, centre=make_centre("FAC-A"))
    )
    EnrolmentCount.objects.create(
        edition=edition, enrolled=20, completed=15, presented=15, passed=9, source="Acta"
    )
    make_results("C-1", [rate_all(5)] * 8, edition=edition, invited=10)
    measure(year=make_year(2025))
    return edition


def detail(code: str, scope: str = "") -> str:
    return reverse("indicators:indicator-detail", args=[code]) + (f"?scope={scope}" if scope else "")


def target_url(scope: str, code: str = "completion-rate") -> str:
    return reverse("indicators:target-edit", args=[code, scope, "2025-26"])


def test_a_number_is_followed_down_to_the_answers(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("quality_officer"))
    mc = edition.microcredential
    assert_shows(client.get(LIST, headers={"accept-language": "en"}), "Completion rate", "75.0", "2025-26")
    steps = [("", "FAC-A"), ("FAC-A", mc.code), (mc.code, edition.code)]
    for scope, leads_to in steps:
        page = client.get(detail("overall-satisfaction", scope))
        assert_shows(page, leads_to)
        assert b"<b>abiertos</b>" not in page.content
    results = reverse("feedback:campaign-results", args=["C-1"])
    assert results in page.content.decode()
    assert client.get(results).status_code == 200


def test_the_list_is_filtered_by_state_and_leaves_with_the_origin_of_each_figure(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("quality_officer"))
    asked = {"kind": "at_least", "value": "77,5", "seen_version": "0"}
    client.post(target_url("UNI"), asked, headers={"accept-language": "es"})

    def codes(**query: str) -> list[str]:
        return [line.code for line in client.get(LIST, query).context["table"].data]

    assert codes(state="partly") == ["completion-rate"]
    assert codes(state="met") == []
    assert len(codes()) == len(codes(state="nonsense")) > 5
    ordered = client.get(LIST, {"sort": "-y0"}).context["table"].data
    shares = [line.cells[0].figure.share for line in ordered if line.cells[0].figure.share is not None]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) > 1
    assert_shows(
        client.get(LIST, {"state": "partly", "scope": "FAC-A"}),
        'class="chip"',
        "?scope=FAC-A",
        "Exportar esta fila",
    )
    exported = client.get(LIST, {"state": "partly", "export": "csv"}, headers={"accept-language": "en"})
    header, row = csv.reader(io.StringIO(exported.content.decode("utf-8-sig")), delimiter=";")
    told = dict(zip(header, row, strict=True))
    assert (told["Code"], told["2025-26 numerator"], told["2025-26 denominator"]) == (
        "completion-rate",
        "15",
        "20",
    )
    assert (told["2025-26 target"], told["2025-26 state"]) == ("≥\u00a077.5\u00a0%", "just missed")
    assert float(told["2025-26"].replace(",", ".")) == 0.75


def test_the_state_stands_beside_the_target(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("quality_officer"))
    response = client.post(
        target_url("UNI"),
        {"kind": "at_least", "value": "77,5", "seen_version": "0"},
        headers={"accept-language": "es"},
    )
    assert response.status_code == 302
    assert Target.objects.get().value == Decimal("0.775")
    cells = {
        line.definition.code: line.cells[0]
        for line in client.get(f"{LIST}?scope=FAC-A").context["table"].data
    }
    assert (cells["completion-rate"].figure.status, cells["completion-rate"].tone) == ("partly", "partly")
    assert cells["success-rate"].figure.status == "no_target"
    assert cells["valid-evidence"].tone == "none"
    form = client.get(target_url("UNI")).context["form"]
    shown = {name: form[name].value() for name in ("kind", "value", "seen_version")}
    assert client.post(target_url("UNI"), shown).status_code == 302  # what the form shows can be saved again
    assert Target.objects.get().value == Decimal("0.775")
    client.post(target_url("UNI"), {"drop": "1", "seen_version": "2"})
    assert not Target.objects.exists()


def test_a_target_saved_over_a_newer_one_shows_both_values(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("quality_officer"))
    opened = {"kind": "at_least", "seen_version": "0"}
    client.post(target_url("UNI"), opened | {"value": "90"})
    late = client.post(target_url("UNI"), opened | {"value": "75,5"}, headers={"accept-language": "es"})
    assert late.status_code == 409
    assert [(conflict.mine, conflict.theirs) for conflict in late.context["conflicts"]] == [("75,5", "90")]
    assert "Otra persona" in text_of(late)
    assert Target.objects.get().value == Decimal("0.9")
    decided = {name: late.context["form"][name].value() for name in ("kind", "value", "seen_version")}
    assert client.post(target_url("UNI"), decided).status_code == 302
    assert Target.objects.get().value == Decimal("0.755")

    asked = client.post(target_url("UNI"), {"drop": "1", "seen_version": "1"}, follow=True)
    assert_shows(asked, "75,5")
    assert Target.objects.exists()
    client.post(target_url("UNI"), {"drop": "1", "seen_version": "2"})
    removed = client.post(target_url("UNI"), opened | {"value": "60", "seen_version": "2"})
    assert removed.status_code == 409
    assert removed.context["form"]["seen_version"].value() == "0"
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [{}, {"kind": "at_least", "value": "many"}, {"kind": "range", "value": "50"}, {"kind": "range", "value": "50", "upper": "40"},
     {"kind": "at_least", "value": "-3"}],
)  # fmt: skip
def test_a_bad_target_keeps_the_form(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any], sent: dict[str, str]
) -> None:
    response = client_for(staff("quality_officer")).post(target_url("UNI"), sent)
    assert response.status_code == 422
    assert not Target.objects.exists()


def test_other_centres_do_not_exist(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    there = make_centre("FAC-B", "Facultad B")
    user = staff("centre_quality", scope=there.scope)
    client = client_for(user)
    page = client.get(LIST)
    assert page.status_code == 200
    assert_hides(page, "FAC-A", edition.microcredential.code)
    for scope in ("UNI", "FAC-A", edition.microcredential.code, "NONE"):
        assert client.get(f"{LIST}?scope={scope}").status_code == 404
        assert client.get(detail("completion-rate", scope)).status_code == 404
        assert client.get(target_url(scope)).status_code == 404
    assert client.get(target_url("FAC-B")).status_code == 200
    assert set(allowed(user, "indicator.view")) == {
        s for s in Scope.objects.all() if can(user, "indicator.view", s)
    }


def test_who_may_not_set_targets_is_told_so(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    for role, seen, set_ in (("reader", 200, 403), ("coordinator", 200, 403), ("auditor", 403, 403)):
        client = client_for(staff(role, scope=the_university().scope))
        assert client.get(LIST).status_code == seen
        assert (
            client.post(
                target_url("UNI"), {"kind": "at_least", "value": "90", "seen_version": "0"}
            ).status_code
            == set_
        )
    assert client_for(None).get(LIST).status_code == 302
    assert not Target.objects.exists()


def test_the_pages_of_microcredential_and_edition_show_their_numbers(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("quality_officer"))
    for url in (edition.get_absolute_url(), edition.microcredential.get_absolute_url()):
        page = client.get(url, headers={"accept-language": "en"})
        assert_shows(page, "Completion rate", "75.0")


@pytest.mark.parametrize("many", [1, 12])
def test_pages_cost_the_same_whatever_stands_below(
    staff: Callable[..., Any], client_for: Callable[..., Any], max_queries: Callable[[int], Any], many: int
) -> None:
    load()
    mc = make_microcredential(approved=True, centre=make_centre("FAC-A"))
    for number in range(many):
        edition = make_edition(mc)
        EnrolmentCount.objects.create(edition=edition, enrolled=20, completed=18, presented=18, passed=9)
        make_results(f"C-{number}", [rate_all(5)] * 8, edition=edition, invited=10)
    measure(year=make_year(2025))
    client = client_for(staff("quality_officer"))
    for url in (LIST, detail("completion-rate"), detail("completion-rate", mc.code)):
        with max_queries(16):
            assert client.get(url).status_code == 200


def test_before_anything_was_measured_the_page_says_so(
    staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("quality_officer"))
    assert client.get(LIST).status_code == 200
    load()
    make_year(2025)
    assert client.get(LIST).status_code == 200
    assert client.get(detail("completion-rate")).status_code == 200
    assert client.get(detail("nothing")).status_code == 404
    assert Definition.objects.count() == 15
    assert not Campaign.objects.exists()


def test_an_indicator_names_the_criteria_it_speaks_to(
    edition: Edition, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    call_command("load_packs", verbosity=0)
    page = client_for(staff("quality_officer")).get(detail("usefulness"))
    assert_shows(page, "/quality/frameworks/FOUR-DIMENSIONS/1/#C.3", "C.3 ", "D.4 ")
    assert "/1/#C.2" not in page.content.decode()
