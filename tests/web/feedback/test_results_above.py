"""Results above the campaign: pooled answers, years side by side, the whole beside the part, and who may see them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from feedback import exporters
from feedback.models import Campaign, Item, ItemSummary, Moment
from iqas.ui.charts.bars import tabulate_gap
from microcredentials.models import Edition
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.pages import assert_hides, assert_shows

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def officer(staff: Callable[..., Any]) -> Any:
    return staff("quality_officer", language="en")


def another(edition: Edition, start: int = 2025) -> Edition:
    """One more edition of the same micro-credential."""
    number = edition.microcredential.editions.count() + 1
    return Edition.objects.create(
        code=f"{edition.microcredential.code}-{start}-{number}",
        microcredential=edition.microcredential,
        version=edition.version,
        year=make_year(start),
        number=number,
        state=Edition.State.IMPORTED,
    )


def place_url(code: str, **query: str) -> str:
    return reverse("feedback:results-place", args=[code], query=query or None)


def answers(value: int, many: int) -> list[dict[str, int | None]]:
    return [rate_all(value)] * many


def figures(response: Any, code: str = "L01") -> Any:
    return next(item.figures for item in response.context["results"].items if item.code == code)


def open_page(client: Any, url: str) -> Any:
    client.cookies["iqas_language"] = "en"
    response = client.get(url)
    assert response.status_code == 200
    return response


def test_the_others_hold_no_pool_that_asked_the_place_as_well(officer: Any, client_for: Any) -> None:
    one = make_plain_edition()
    two, three = another(one), another(one)
    make_results("C-1", answers(4, 6), edition=one)
    make_results("C-2", answers(4, 7), edition=two)
    for code, many, editions in (("C-3", 8, (one, two)), ("C-4", 9, (two, three))):
        pool = make_results(code, answers(1, many), scope=one.microcredential.scope, year=one.year)
        pool.pooled.set(editions)
    response = open_page(client_for(officer), reverse("feedback:results-edition", args=[one.code]))
    own, rest = (cell[2] for cell in response.context["benchmark"].rows[0].cells[:2])
    assert (own, rest) == (6, 7 + 9)
    response = open_page(client_for(officer), place_url(one.microcredential.code))
    assert figures(response).n == 6 + 7 + 8 + 9


def test_answers_are_pooled_and_not_their_means(officer: Any, client_for: Any) -> None:
    """Ten who say 5 and thirty who say 1: the mean of all is 2, not the 3 between their means."""
    one = make_plain_edition()
    other = another(one)
    make_results("C-1", answers(5, 10), edition=one, invited=20)
    make_results("C-2", answers(1, 30), edition=other, invited=30)
    response = open_page(client_for(officer), place_url(one.microcredential.scope.code))
    shown = figures(response)
    assert (shown.n, shown.mean, shown.favourable, shown.campaigns) == (40, 2, 0.25, 2)
    turnout = response.context["results"].turnout
    assert (turnout.responses, turnout.reached, float(turnout.rate)) == (40, 50, 0.8)
    assert shown.interval is not None
    assert 0.18 < shown.interval[0] < 0.25 < shown.interval[1] < 0.33
    assert [row.code for row in response.context["below"]] == sorted([one.code, other.code])


def test_what_is_not_told_of_a_campaign_is_in_no_sum(officer: Any, client_for: Any) -> None:
    one = make_plain_edition()
    other = another(one)
    make_results("C-1", answers(4, 10), edition=one)
    make_results("C-2", answers(1, 4), edition=other)
    response = open_page(client_for(officer), place_url(one.microcredential.scope.code))
    assert (figures(response).n, figures(response).distribution[1]) == (10, 0)
    assert response.context["results"].left_out == 1
    assert_shows(response, "1 of them too small to be shown, and in no sum", "of 40 who could answer")


def test_a_question_few_answered_in_one_campaign_is_left_out_there_alone(
    officer: Any, client_for: Any
) -> None:
    one = make_plain_edition()
    other = another(one)
    make_results("C-1", answers(4, 10), edition=one)
    silent = [rate_all(2) | {"L01": None}] * 8 + answers(2, 2)
    make_results("C-2", silent, edition=other)
    response = open_page(client_for(officer), place_url(one.microcredential.scope.code))
    assert (figures(response).n, figures(response).campaigns) == (10, 1)
    assert (figures(response, "L02").n, figures(response, "L02").campaigns) == (20, 2)


def test_an_edition_shows_its_own_campaigns_and_the_others_beside_it(officer: Any, client_for: Any) -> None:
    one = make_plain_edition()
    other = another(one)
    make_results("C-1", answers(2, 10), edition=one)
    make_results("C-2", answers(5, 30), edition=other)
    response = open_page(client_for(officer), reverse("feedback:results-edition", args=[one.code]))
    assert (figures(response).n, [row.code for row in response.context["below"]]) == (10, ["C-1"])
    benchmark = response.context["benchmark"]
    rest = f"est of {one.microcredential.scope.label}"
    assert benchmark.columns == (one.code, f"R{rest}")
    assert benchmark.rows[0].shares == (0.0, 1.0)
    assert_shows(
        response, f"Furthest below the r{rest}: L01, 0\u00a0% against 100\u00a0%", "Difference (points)"
    )
    assert "\u2212100" in [cell for row in tabulate_gap(benchmark.charts[0], "en").rows for cell in row]


def test_a_place_was_compared_with_a_whole_that_contains_it(officer: Any, client_for: Any) -> None:
    """And headlines said of few answers that they were below, which nothing bore out."""
    one = make_plain_edition()
    make_results("C-1", answers(5, 5) + answers(2, 3), edition=one)
    make_results("C-2", answers(5, 8) + answers(2, 2), edition=another(one))
    response = open_page(client_for(officer), reverse("feedback:results-edition", args=[one.code]))
    benchmark = response.context["benchmark"]
    assert benchmark.rows[0].cells[1][1:] == (0.8, 10)
    assert benchmark.charts[0].title.startswith("No question is detectably below the rest of")
    assert benchmark.rows[0].words.startswith("No detectable difference (−18 points")
    assert benchmark.verdict.endswith("no difference is detectable in any of the 15 questions.")


def test_centre_and_university_pool_what_is_below_them(officer: Any, client_for: Any) -> None:
    one, other = (
        make_plain_edition(make_centre("FAC-A")),
        make_plain_edition(make_centre("FAC-B", "Facultad B")),
    )
    make_results("C-1", answers(2, 10), edition=one)
    make_results("C-2", answers(5, 30), edition=other)
    client = client_for(officer)
    centre = open_page(client, place_url(one.microcredential.centre.scope.code))
    university = open_page(client, place_url(the_university().scope.code))
    assert (figures(centre).n, figures(university).n) == (10, 40)
    assert [row.turnout.responses for row in university.context["below"]] == [10, 30]
    assert centre.context["benchmark"].columns[-1] == f"Rest of {the_university().scope.label}"


def test_a_pool_of_several_editions_stands_where_all_of_them_are(officer: Any, client_for: Any) -> None:
    edition = make_plain_edition()
    centre = edition.microcredential.centre
    make_results("C-1", answers(4, 10), edition=edition)
    make_results("C-2", answers(2, 10), scope=centre.scope, year=edition.year)
    client = client_for(officer)
    assert figures(open_page(client, place_url(edition.microcredential.scope.code))).n == 10
    response = open_page(client, place_url(centre.scope.code))
    assert figures(response).n == 20
    assert [row.code for row in response.context["below"]] == [edition.microcredential.scope.code, "C-2"]


def test_years_stand_side_by_side_and_a_sentence_says_what_is_detectable(
    officer: Any, client_for: Any
) -> None:
    now = make_plain_edition()
    then = another(now, 2024)
    better = [rate_all(5) | {"L02": 3}] * 20
    worse = [rate_all(2) | {"L02": 3}] * 20
    make_results("C-1", worse, edition=then, invited=40)
    make_results("C-2", better, edition=now, invited=25)
    response = open_page(client_for(officer), place_url(now.microcredential.scope.code))
    years = response.context["years"]
    rows = {row.item.code: row for row in years.rows}
    assert years.columns == ("2024-25", "2025-26")
    assert rows["L01"].shares == (0.0, 1.0)
    assert rows["L01"].words.startswith("More favourable in 2025-26 than in 2024-25 (+100 points")
    assert rows["L02"].words.startswith("No detectable difference")
    assert_shows(response, "Response rate: 50\u00a0% in 2024-25, 80\u00a0% in 2025-26")
    earlier = open_page(client_for(officer), place_url(now.microcredential.scope.code, year="2024-25"))
    assert figures(earlier).mean == 2
    assert earlier.context["years"] is None


def test_a_year_with_one_small_campaign_less_is_no_difference_of_persons(
    officer: Any, client_for: Any
) -> None:
    """With the finite population corrected for, two censuses of twelve would always differ; here they do not."""
    now = make_plain_edition()
    then = another(now, 2024)
    make_results("C-1", answers(4, 6) + answers(3, 6), edition=then, invited=12)
    make_results("C-2", answers(4, 7) + answers(3, 5), edition=now, invited=12)
    response = open_page(client_for(officer), place_url(now.microcredential.scope.code))
    assert "no difference is detectable in any of the" in response.context["years"].verdict


def test_answers_on_another_scale_are_not_put_together(officer: Any, client_for: Any) -> None:
    now = make_plain_edition()
    make_results("C-1", answers(4, 10), edition=now)
    campaign = make_results("C-2", answers(4, 10), edition=another(now))
    newer = Item.objects.filter(version=campaign.questionnaire_version).get(code="L01")
    version = newer.version
    version.pk, version.number = None, version.number + 1000
    version._state.adding = True
    version.save()
    section = newer.section
    section.pk, section.version = None, version
    section._state.adding = True
    section.save()
    newer.pk, newer.version, newer.section, newer.reverse = None, version, section, True
    newer._state.adding = True
    newer.save()
    campaign.summaries.filter(item__code="L01").update(item=newer)
    Campaign.objects.filter(pk=campaign.pk).update(questionnaire_version=version)
    response = open_page(client_for(officer), place_url(now.microcredential.scope.code))
    assert figures(response).n == 10
    assert response.context["results"].other_scale == ("L01",)
    assert_shows(response, "Asked on another scale in an earlier version")


def test_audiences_are_contrasted_where_they_were_asked_the_same(officer: Any, client_for: Any) -> None:
    edition = make_plain_edition()
    asked = {"LEARNER-MIDDLE": 5, "TEACHER": 2}
    for number, (questionnaire, value) in enumerate(asked.items()):
        make_results(
            f"C-{number}",
            [{f"{letter}{n:02}": value for letter in "MT" for n in range(1, 12)}] * 12,
            edition=edition,
            questionnaire=questionnaire,
        )
    client = client_for(officer)
    response = open_page(
        client, reverse("feedback:results-edition", args=[edition.code]) + "?questionnaire=LEARNER-MIDDLE"
    )
    found = {one.common_code: rows for one, rows in response.context["contrasts"]}
    assert "MEANS" in found
    assert [row.item.figures.n for row in found["MEANS"]] == [12, 12]
    assert_shows(response, "The same, asked of others", "teaching staff")


def test_choices_asked_alike_were_said_to_be_on_another_scale(officer: Any, client_for: Any) -> None:
    """Whether credits would be recognised: employers and providers choose among the same three answers."""
    edition = make_plain_edition()
    make_results("C-E", [{"E05": 1}] * 14, edition=edition, questionnaire="EMPLOYER")
    make_results("C-O", [{"O05": 3}] * 15, edition=edition, questionnaire="PROVIDER")
    address = reverse("feedback:results-edition", args=[edition.code]) + "?questionnaire=PROVIDER"
    response = open_page(client_for(officer), address)
    found = {one.common_code: rows for one, rows in response.context["contrasts"]}
    assert sorted(code for code in found if code.startswith("RECOGNITION")) == [
        "RECOGNITION.1", "RECOGNITION.2", "RECOGNITION.3",
    ]  # fmt: skip
    assert [(row.share, row.n) for row in found["RECOGNITION.1"]] == [(0.0, 15), (1.0, 14)]
    assert found["RECOGNITION.1"][1].words.startswith("More often in")
    assert found["RECOGNITION.3"][1].words.startswith("Less often in")
    assert found["RECOGNITION.2"][1].words.startswith("No detectable difference")
    assert_hides(response, "asked on another scale")


def test_years_of_a_choice_were_not_compared(officer: Any, client_for: Any) -> None:
    """Every reason to withdraw had changed, and the page said that nothing differs."""
    now = make_plain_edition()
    before = another(now, 2024)
    make_results("C-1", [{"W01": 1, "W02": [2], "W04": 3}] * 12, edition=before, questionnaire="WITHDRAWAL")
    make_results("C-2", [{"W01": 1, "W02": [3], "W04": 3}] * 12, edition=now, questionnaire="WITHDRAWAL")
    response = open_page(client_for(officer), place_url(now.microcredential.scope.code))
    years = response.context["years"]
    rows = {row.item.code: row for row in years.rows}
    assert rows["W02.2"].shares == (1.0, 0.0)
    assert rows["W02.3"].words.startswith("More often in")
    assert "answers to choose from, 2 were given detectably more or less often" in years.verdict
    sheets = exporters.sheets_of_place(response.context["results"])
    told = [row for row in sheets["years"] if row[0] == "W02.3"]
    assert told[0][2:6] == (0.0, 12, 1.0, 12)


def test_contrasts_were_captioned_with_raw_codes(officer: Any, client_for: Any) -> None:
    edition = make_plain_edition()
    for number, questionnaire in enumerate(("LEARNER-MIDDLE", "TEACHER")):
        given = {f"{letter}{n:02}": 4 for letter in "MT" for n in range(1, 12)}
        make_results(f"C-{number}", [given] * 12, edition=edition, questionnaire=questionnaire)
    url = reverse("feedback:results-edition", args=[edition.code]) + "?questionnaire=LEARNER-MIDDLE"
    for language in ("en", "es"):
        client = client_for(officer)
        client.cookies["iqas_language"] = language
        response = client.get(url)
        contrast = next(one for one, _rows in response.context["contrasts"] if one.common_code == "MEANS")
        item = Item.objects.get(version__questionnaire__code="LEARNER-MIDDLE", common_code="MEANS")
        assert_shows(response, f"<caption>{getattr(item, f'text_{language}')}</caption>")
        assert contrast.text == getattr(item, f"text_{language}")
        assert_hides(response, "MEANS")


def test_a_survey_without_a_year_took_over_where_nothing_was_chosen(officer: Any, client_for: Any) -> None:
    """Nor does what learners are asked half-way stand before what they are asked at the end."""
    edition = make_plain_edition()
    make_results("C-1", answers(4, 10), edition=edition)
    make_results("C-2", answers(4, 10), edition=another(edition, 2024))
    halfway = [{"M01": 4}] * 30
    make_results("C-3", halfway, edition=edition, questionnaire="LEARNER-MIDDLE", moment=Moment.MIDDLE)
    make_results("C-4", [{"W01": 1}] * 8, scope=edition.microcredential.scope, questionnaire="WITHDRAWAL")
    client, code = client_for(officer), edition.microcredential.scope.code
    for url, questionnaire, year in (
        (place_url(code), "LEARNER-END", "2025-26"),
        (place_url(code, questionnaire="LEARNER-END"), "LEARNER-END", "2025-26"),
        (place_url(code, year="2024-25"), "LEARNER-END", "2024-25"),
        (place_url(code, questionnaire="WITHDRAWAL"), "WITHDRAWAL", ""),
        (place_url(code, questionnaire="WITHDRAWAL", year=""), "WITHDRAWAL", ""),
        (place_url(code, year=""), "WITHDRAWAL", ""),
    ):
        chosen = open_page(client, url).context["results"].chosen
        assert (chosen.questionnaire, chosen.year) == (questionnaire, year), url


# --- who may see them ---------------------------------------------------------------------------------------


def test_other_centres_are_not_there(staff: Any, client_for: Any) -> None:
    here, there = (
        make_plain_edition(make_centre("FAC-A")),
        make_plain_edition(make_centre("FAC-B", "Facultad B")),
    )
    make_results("C-1", answers(4, 10), edition=here)
    make_results("C-2", answers(2, 10), edition=there)
    client = client_for(staff("centre_quality", scope=here.microcredential.centre.scope))
    assert client.get(place_url(here.microcredential.centre.scope.code)).status_code == 200
    assert client.get(place_url(there.microcredential.centre.scope.code)).status_code == 404
    assert client.get(place_url(there.microcredential.scope.code)).status_code == 404
    assert client.get(place_url(the_university().scope.code)).status_code == 404
    assert client.get(reverse("feedback:results-edition", args=[there.code])).status_code == 404
    listed = client.get(reverse("feedback:result-list"))
    assert_shows(listed, "C-1")
    assert_hides(listed, "C-2")


def test_who_has_no_role_gets_nothing(staff: Any, client_for: Any) -> None:
    edition = make_plain_edition()
    for url in (reverse("feedback:result-list"), reverse("feedback:results-edition", args=[edition.code])):
        assert client_for(staff("auditor", scope=the_university().scope)).get(url).status_code == 403
        assert client_for(None).get(url).status_code == 302


def test_a_place_where_nothing_was_asked_says_so(officer: Any, client_for: Any) -> None:
    edition = make_plain_edition()
    assert_shows(
        open_page(client_for(officer), place_url(edition.microcredential.scope.code)), "No results yet"
    )


@pytest.mark.parametrize("query", ["?questionnaire=NONE", "?year=1999-00", "?page=x", "?page=999"])
def test_what_was_never_asked_leads_to_what_was(officer: Any, client_for: Any, query: str) -> None:
    edition = make_plain_edition()
    make_results("C-1", answers(4, 10), edition=edition)
    assert (
        figures(open_page(client_for(officer), place_url(edition.microcredential.scope.code) + query)).n == 10
    )


# --- what it costs -------------------------------------------------------------------------------------------


def many_campaigns(number: int, centres: int = 4) -> None:
    """Copies of one campaign's counts, over editions of several centres."""
    editions = [make_plain_edition(make_centre(f"FAC-{n}", f"Facultad {n}")) for n in range(centres)]
    first = make_results("C-0", [rate_all(1 + n % 5) for n in range(20)], edition=editions[0])
    rows = list(first.summaries.all())
    campaigns, copies = [], []
    for n in range(1, number):
        edition = editions[n % centres]
        copy = Campaign.objects.get(pk=first.pk)
        copy.pk, copy.code, copy.edition, copy.scope = None, f"C-{n}", edition, edition.microcredential.scope
        copy.salt = bytes(16)
        copy._state.adding = True
        copy.id = Campaign._meta.pk.get_default()
        campaigns.append(copy)
        copies += [
            ItemSummary(
                campaign=copy,
                item_id=row.item_id,
                n=row.n,
                no_answer=row.no_answer,
                distribution=row.distribution,
                population=row.population,
                favourable_low=row.favourable_low,
                favourable_high=row.favourable_high,
                computed_at=row.computed_at,
            )
            for row in rows
        ]
    Campaign.objects.bulk_create(campaigns, batch_size=200)
    ItemSummary.objects.bulk_create(copies, batch_size=1000)


@pytest.mark.parametrize("number", [8, 320])
def test_pages_cost_the_same_for_few_campaigns_and_for_many(
    officer: Any, client_for: Any, max_queries: Any, number: int
) -> None:
    many_campaigns(number)
    client = client_for(officer)
    client.get(reverse("feedback:result-list"))
    microcredential = Campaign.objects.get(code="C-0").scope
    spent = {}
    for url in (
        reverse("feedback:result-list"),
        place_url(the_university().scope.code),
        place_url("FAC-0"),
        place_url(microcredential.code),
        reverse("feedback:results-edition", args=[Campaign.objects.get(code="C-1").edition.code]),
    ):
        begun = time.process_time()
        with max_queries(12):
            response = client.get(url)
        spent[url] = time.process_time() - begun
        assert response.status_code == 200
        if "places" not in url and "editions" not in url:
            assert len(response.content) < 100_000
    print({url: f"{seconds * 1000:.0f} ms" for url, seconds in spent.items()})


# --- for programs --------------------------------------------------------------------------------------------


def test_programs_read_the_figures_of_the_page(officer: Any, staff: Any, client_for: Any) -> None:
    now = make_plain_edition()
    make_results("C-1", answers(2, 20), edition=another(now, 2024), invited=40)
    make_results("C-2", answers(5, 20), edition=now, invited=25)
    make_results("C-3", answers(1, 4), edition=now, invited=8)
    code = now.microcredential.scope.code
    url = reverse("api:feedback:results-place", args=[code])
    body = client_for(officer).get(url, {"language": "en"}).json()
    assert (body["responses"], body["invited"], body["year"], body["kind"]) == (
        24,
        33,
        "2025-26",
        "microcredential",
    )
    assert {one["code"]: one["suppressed"] for one in body["campaigns"]} == {"C-2": False, "C-3": True}
    first = body["items"][0]
    assert (first["code"], first["n"], first["mean"], first["campaigns"]) == ("L01", 20, 5.0, 1)
    assert body["items"][14]["recommendation"]["score"] == 0.0
    assert [side["key"] for side in body["years"]] == ["2024-25", "2025-26"]
    assert {one["code"]: one["detectable"] for one in body["changes"]}["L01"] is True
    edition = reverse("api:feedback:results-edition", args=[now.code])
    assert client_for(officer).get(edition).json()["items"][0]["n"] == 20
    assert client_for(officer).get(url, {"language": "xx"}).status_code == 400
    stranger = staff("centre_quality", scope=make_centre("FAC-B", "Facultad B").scope)
    assert client_for(stranger).get(url).status_code == client_for(stranger).get(edition).status_code == 404
