"""Results on the page, in the API and on the terminal: the same figures, the same silence about small groups."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from feedback.models import Campaign, Comment
from feedback.packs import load
from feedback.selectors.comments import all_seen_of, seen_of
from iqas.core.access import allowed, can
from iqas.core.models import AuditDetail, AuditEvent
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, publish_comments, rate_all
from tests.factories.organisation import make_centre, the_university
from tests.support.pages import assert_hides, assert_shows

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MAPPING = Path(__file__).parents[2] / "iqas" / "demo" / "mappings" / "turkiye.yaml"
HOSTILE = "<script>alert('x')</script> {{ 7|add:7 }} \u202e"


def page_url(campaign: Campaign) -> str:
    return reverse("feedback:campaign-results", args=[campaign.code])


def api_url(campaign: Campaign) -> str:
    return reverse("api:feedback:campaign-results", args=[campaign.code])


@pytest.fixture
def officer(staff: Callable[..., Any]) -> Any:
    return staff("quality_officer")


def from_api(client: Any, campaign: Campaign, **query: str) -> dict[str, Any]:
    response = client.get(api_url(campaign), query)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def test_figures_by_hand(officer: Any, client_for: Callable[..., Any]) -> None:
    answers = [rate_all(5), rate_all(4), rate_all(4), rate_all(2) | {"L01": None}, rate_all(1) | {"L02": 3}]
    campaign = make_results(answers=answers, invited=10)
    body = from_api(client_for(officer), campaign, language="en")
    told = {
        "campaign": "C-0001",
        "edition": None,
        "invited": 10,
        "responses": 5,
        "response_rate": 0.5,
        "threshold": 5,
        "suppressed": False,
        "straight_lined": 3,
    }
    assert {key: body[key] for key in body if key != "items"} == told
    items = {item["code"]: item for item in body["items"]}
    assert list(items) == [f"L{number:02}" for number in range(1, 16)]
    assert items["L03"] == {
        "code": "L03",
        "text": "The time I spent matches the ECTS credits announced.",
        "scale": [1, 5],
        "n": 5,
        "no_answer": 0,
        "suppressed": False,
        "distribution": {"1": 1, "2": 1, "3": 0, "4": 2, "5": 1},
        "mean": 3.2,
        "median": 4.0,
        "favourable": 0.6,
    }
    assert items["L15"]["distribution"] == {str(point): 5 if point == 8 else 0 for point in range(11)}
    assert items["L15"]["favourable"] == 0


def test_programs_had_no_deviation_interval_score_group_nor_label(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    given = [("a", rate_all(5, recommend=10))] * 8 + [("b", rate_all(2, recommend=3))] * 6
    given += [("c", rate_all(3))] * 5
    campaign = make_results(
        answers=given, invited=40, groups={"a": "Mañana", "b": "Tarde", "c": "Noche", "d": "Otra"}
    )
    body = from_api(client_for(officer), campaign, language="en", detail="true")
    assert (body["state"], body["mode"], body["counted"], body["opens"]) == (
        "mixed",
        "anonymous",
        19,
        "2026-01-10",
    )
    assert body["computed_at"].endswith("Z")
    assert {group["label"]: (group["responses"], group["suppressed"]) for group in body["groups"]} == {
        "Mañana": (8, False),
        "Tarde": (6, False),
        "Noche": (5, False),
        "Otra": (None, True),
    }
    items = {item["code"]: item for item in body["items"]}
    first = items["L01"]
    assert (first["kind"], first["reverse"], first["census"], first["criterion"]) == (
        "likert",
        False,
        False,
        "B.6",
    )
    assert first["labels"]["5"] == "Strongly agree"
    assert first["deviation"] == pytest.approx(1.3, abs=0.1)
    assert first["interval"][0] < first["favourable"] < first["interval"][1]
    groups = {group["code"]: group for group in first["groups"]}
    assert (groups["a"]["n"], groups["a"]["favourable"], groups["a"]["mean"]) == (8, 1.0, 5.0)
    assert (groups["d"]["suppressed"], groups["d"]["n"], groups["d"]["distribution"]) == (True, None, None)
    score = items["L15"]["recommendation"]
    assert score["score"] == pytest.approx((8 - 6) / 19)
    assert score["low"] < score["score"] < score["high"]


def test_an_item_with_few_answers_has_no_figure_at_all(officer: Any, client_for: Callable[..., Any]) -> None:
    answers = [rate_all(4)] * 4 + [rate_all(4) | {"L05": None}] * 2
    campaign = make_results(answers=answers)
    items = {item["code"]: item for item in from_api(client_for(officer), campaign)["items"]}
    assert items["L05"]["suppressed"] is True
    figures = ("n", "no_answer", "distribution", "mean", "median", "favourable")
    assert [items["L05"][figure] for figure in figures] == [None] * 6
    assert items["L06"]["n"] == 6


def test_a_suppressed_campaign_gives_only_its_response_rate(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    campaign = make_results(answers=[rate_all(1)] * 4, comments=[("L16", "CANARY")], invited=8)
    publish_comments(campaign)
    client = client_for(officer)
    body = from_api(client, campaign)
    assert (body["suppressed"], body["responses"], body["response_rate"]) == (True, 4, 0.5)
    assert (body["items"], body["straight_lined"]) == ([], None)
    response = client.get(page_url(campaign))
    assert_hides(response, "CANARY", "L01")


def test_answers_destroyed_unread_still_count_as_answers(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    campaign = make_results(invited=10, destroyed_count=3)
    body = from_api(client_for(officer), campaign)
    assert (body["suppressed"], body["responses"], body["response_rate"]) == (True, 3, 0.3)


def test_nobody_invited_is_no_rate(officer: Any, client_for: Callable[..., Any]) -> None:
    assert from_api(client_for(officer), make_results(invited=0))["response_rate"] is None


def test_page_command_and_api_say_the_same(officer: Any, client_for: Callable[..., Any]) -> None:
    campaign = make_results(answers=[rate_all(3)] * 7)
    out = StringIO()
    call_command("campaign_results", campaign.code, "--json", "--language", "en", stdout=out)
    assert json.loads(out.getvalue()) == from_api(client_for(officer), campaign, language="en")
    response = client_for(officer).get(page_url(campaign))
    assert_shows(response, "L01", "L15", "C-0001")


def test_without_a_language_the_api_answered_otherwise_than_the_command(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    campaign = make_results(answers=[rate_all(3)] * 7)
    out = StringIO()
    call_command("campaign_results", campaign.code, "--json", stdout=out)
    answer = client_for(officer).get(api_url(campaign), headers={"accept-language": "en"})
    assert answer.json() == json.loads(out.getvalue())


def test_an_unknown_campaign_or_language_is_refused(officer: Any, client_for: Callable[..., Any]) -> None:
    campaign = make_results(answers=[rate_all(3)] * 7)
    client = client_for(officer)
    with pytest.raises(CommandError, match="C-9999"):
        call_command("campaign_results", "C-9999")
    missing = client.get("/api/v1/feedback/campaigns/C-9999/results/")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    bad = client.get(api_url(campaign), {"language": "xx"})
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid")


def test_other_centres_see_nothing(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    mine, theirs = (
        make_results(f"C-{n}", [rate_all(4)] * 6, scope=centre.scope) for n, centre in ((1, here), (2, there))
    )
    user = staff("centre_quality", scope=here.scope)
    client = client_for(user)
    assert client.get(page_url(mine)).status_code == client.get(api_url(mine)).status_code == 200
    for url in (page_url(theirs), api_url(theirs), reverse("feedback:comment-list", args=[theirs.code])):
        assert client.get(url).status_code == 404
    assert (
        set(allowed(user, "results.view"))
        == {c for c in (mine, theirs) if can(user, "results.view", c)}
        == {mine}
    )


def test_who_has_no_role_gets_nothing(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    campaign = make_results(answers=[rate_all(4)] * 6)
    auditor = staff("auditor", scope=the_university().scope)
    assert client_for(auditor).get(page_url(campaign)).status_code == 403
    refused = client_for(auditor).get(api_url(campaign))
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert client_for(None).get(page_url(campaign)).status_code == 302
    assert client_for(None).get(api_url(campaign)).status_code in (401, 403)


# Groups ---------------------------------------------------------------------------------------------


def test_groups_are_compared_only_where_no_small_one_can_be_worked_out(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    answers = [("a", rate_all(5))] * 12 + [("b", rate_all(2))] * 30 + [("c", rate_all(1))] * 3
    campaign = make_results(answers=answers, groups={"a": "Mañana", "b": "Tarde", "c": "Noche"}, invited=60)
    response = client_for(officer).get(page_url(campaign))
    groups = {group.code: group.responses for group in response.context["results"].groups}
    assert groups == {"a": None, "b": 30, "c": None, "": 0}
    assert_shows(response, "Noche")


def test_two_large_groups_are_set_side_by_side(officer: Any, client_for: Callable[..., Any]) -> None:
    answers = [("a", rate_all(5))] * 12 + [("b", rate_all(2))] * 10
    campaign = make_results(answers=answers, groups={"a": "Mañana", "b": "Tarde"}, invited=60)
    response = client_for(officer).get(page_url(campaign))
    row = response.context["group_rows"][0]
    assert (row.item.code, row.shares) == ("L01", ((1.0, 12), (0.0, 10)))
    assert row.words.startswith("Más favorable en Mañana que en Tarde") or row.words.startswith(
        "More favourable in Mañana than in Tarde (+100 points"
    )


def test_of_three_groups_each_is_compared_with_the_others(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    answers = [(group, rate_all(value)) for group, value in (("a", 5), ("b", 3), ("c", 3)) for _ in range(8)]
    labels = {"a": "Mañana", "b": "Tarde", "c": "Noche"}
    campaign = make_results(answers=answers, groups=labels, invited=60)
    client = client_for(officer)
    client.cookies["iqas_language"] = "en"
    row = client.get(page_url(campaign)).context["group_rows"][0]
    assert "More favourable in Mañana than in the others" in row.words
    assert "Tarde" not in row.words, "not after the correction for all questions and groups"


def test_a_group_that_hardly_answered_one_item_hides_the_other_there(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    answers = [("a", rate_all(5) | {"L05": None})] * 9 + [("a", rate_all(5))] * 3 + [("b", rate_all(2))] * 10
    campaign = make_results(answers=answers, groups={"a": "Mañana", "b": "Tarde"}, invited=60)
    rows = {r.item.code: r.shares for r in client_for(officer).get(page_url(campaign)).context["group_rows"]}
    assert rows["L05"] == ((None, None), (None, None))
    assert rows["L06"] == ((1.0, 12), (0.0, 10))


# Comments -------------------------------------------------------------------------------------------


def decide(client: Any, comment: Comment, decision: str) -> Any:
    comment.refresh_from_db()
    data = {"decision": decision, "seen": seen_of(comment), "reason": "names"}
    return client.post(reverse("feedback:comment-decide", args=[comment.pk]), data)


def test_no_comment_is_shown_before_somebody_chose_so(officer: Any, client_for: Callable[..., Any]) -> None:
    campaign = make_results(
        answers=[rate_all(4)] * 6, comments=[("L16", f"CANARY {HOSTILE}"), ("L17", "OTHER")]
    )
    client = client_for(officer)
    assert_hides(client.get(page_url(campaign)), "CANARY", "OTHER")
    comment = Comment.objects.get(item__code="L16")
    assert decide(client, comment, "show").status_code == 302
    assert decide(client, Comment.objects.get(item__code="L17"), "withhold").status_code == 302
    assert_hides(client.get(page_url(campaign)), "CANARY", "OTHER")
    publish = reverse("feedback:comment-publish", args=[campaign.code])
    assert client.post(publish, {"seen": all_seen_of(campaign)}).status_code == 302
    shown = client.get(page_url(campaign))
    assert_shows(shown, "CANARY")
    assert b"<script>alert" not in shown.content
    assert b"14" not in shown.content.split(b"CANARY")[1][:60]
    assert_hides(shown, "OTHER")
    assert AuditEvent.objects.filter(action="comment.reviewed").count() == 2
    assert not AuditDetail.objects.filter(label__contains="CANARY").exists()


def test_only_reviewers_of_the_centre_decide(
    staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    make_results(answers=[rate_all(4)] * 6, comments=[("L16", "x")], scope=here.scope)
    comment = Comment.objects.get()
    assert decide(client_for(staff("centre_quality", scope=there.scope)), comment, "show").status_code == 404
    assert decide(client_for(staff("coordinator", scope=here.scope)), comment, "show").status_code == 403
    comment.refresh_from_db()
    assert comment.review_state == Comment.Review.PENDING


@pytest.mark.parametrize("decision", ["", "publish"])
def test_a_decision_that_is_none_changes_nothing(
    officer: Any, client_for: Callable[..., Any], decision: str
) -> None:
    make_results(answers=[rate_all(4)] * 6, comments=[("L16", "x")])
    decide(client_for(officer), Comment.objects.get(), decision)
    assert Comment.objects.get().review_state == Comment.Review.PENDING


def test_comments_are_reviewed_only_after_the_last_mixing(
    officer: Any, client_for: Callable[..., Any]
) -> None:
    make_results(answers=[rate_all(4)] * 6, comments=[("L16", "x")], state=Campaign.State.OPEN)
    assert decide(client_for(officer), Comment.objects.get(), "show").status_code == 409


# Size -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [6, 400])
def test_the_page_costs_the_same_for_few_answers_and_for_many(
    officer: Any, client_for: Callable[..., Any], max_queries: Callable[[int], Any], many: int
) -> None:
    answers = [(f"g{n % 4}", rate_all(1 + n % 5)) for n in range(many)]
    groups = {f"g{n}": f"Grupo {n}" for n in range(4)}
    campaign = make_results(answers=answers, invited=many, groups=groups, comments=[("L16", "x")] * 50)
    publish_comments(campaign)
    client = client_for(officer)
    with max_queries(12):
        assert client.get(page_url(campaign)).status_code == 200


def test_a_survey_of_one_edition_reads_no_pool_and_no_partners(
    officer: Any, client_for: Callable[..., Any], max_queries: Callable[[int], Any]
) -> None:
    """One statement less, which production spends on the second factor."""
    campaign = make_results(answers=[rate_all(4)] * 6, edition=make_plain_edition())
    client = client_for(officer)
    with max_queries(11):
        assert client.get(page_url(campaign)).status_code == 200


def test_the_largest_real_course_takes_twelve_statements(
    officer: Any, client_for: Callable[..., Any], max_queries: Callable[[int], Any], shared_data: Any
) -> None:
    path = shared_data / "feedback-turkiye" / "responses.csv"
    call_command("import_responses", str(path), "--mapping", str(MAPPING), stdout=StringIO())
    largest = Campaign.objects.order_by("-responses_count").first()
    assert largest is not None
    client = client_for(officer)
    with max_queries(12):
        assert client.get(page_url(largest)).status_code == 200


# Questionnaires -------------------------------------------------------------------------------------


def test_questionnaires_can_be_read_as_learners_see_them(
    officer: Any, client_for: Callable[..., Any], max_queries: Callable[[int], Any]
) -> None:
    load()
    client = client_for(officer)
    with max_queries(12):
        assert_shows(client.get(reverse("feedback:questionnaire-list")), "TURKIYE-28", "PARTNER")
    with max_queries(12):
        page = client.get(reverse("feedback:questionnaire-detail", args=["PARTNER", 2]))
    assert_shows(page, "P05", "En parte")
    assert client.get(reverse("feedback:questionnaire-detail", args=["PARTNER", 9])).status_code == 404
