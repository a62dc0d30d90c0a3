"""What is published of answers: no small group can be read from it, nor by subtracting what stood there before."""

from __future__ import annotations

import smtplib
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, GroupSummary, Invitation, Item, ItemSummary, Response
from feedback.packs.schema import QuestionnairePack
from feedback.presenters.results import parts_of
from feedback.selectors.campaigns import participation_of
from feedback.selectors.results import CampaignResults, campaign_results
from feedback.selectors.survey import find_visit
from feedback.services import invitations, mailing, summaries
from feedback.services.submission import submit
from feedback.services.upkeep import hourly
from iqas.jobs import mail as outgoing
from iqas.jobs import runner
from iqas.jobs.models import Job
from iqas.ui import charts
from tests.factories.feedback import links_of, make_campaign, make_questionnaire
from tests.factories.feedback_results import make_results, rate_all

pytestmark = pytest.mark.django_db
_numbers = count(1)


# --- in time ---------------------------------------------------------------------------------------------


def arrive(campaign: Campaign, *answers: dict[str, int | None], group: str = "") -> CampaignResults:
    """So many answers more are mixed and counted."""
    Response.objects.bulk_create(
        Response(campaign=campaign, group_code=group, answers=dict(one)) for one in answers
    )
    summaries.refresh(campaign)
    return campaign_results(Campaign.objects.get(pk=campaign.pk), "en")


def figures(results: CampaignResults, code: str) -> Any:
    return next(item.figures for item in results.items if item.code == code)


def test_one_answer_more_to_a_question_is_not_published_by_the_difference() -> None:
    """Five answered L01 and the page showed them; of the ten mixed next only one did: its answer could be subtracted."""
    campaign = make_results("C-1", [rate_all(4)] * 5)
    silent = rate_all(3) | {"L01": None}
    results = arrive(campaign, rate_all(1), *[silent] * 9)
    shown = figures(results, "L01")
    assert (shown.n, shown.no_answer, shown.is_behind) == (5, 0, True)
    assert shown.distribution == {1: 0, 2: 0, 3: 0, 4: 5, 5: 0}
    assert (figures(results, "L02").n, figures(results, "L02").is_behind) == (15, False)


def test_what_was_held_back_is_counted_once_enough_came() -> None:
    campaign = make_results("C-1", [rate_all(4)] * 5)
    silent = rate_all(3) | {"L01": None}
    arrive(campaign, rate_all(1), *[silent] * 9)
    results = arrive(campaign, *[rate_all(2)] * 4, *[silent] * 6)
    shown = figures(results, "L01")
    assert (shown.n, shown.no_answer, shown.is_behind) == (10, 15, False)


def test_a_question_that_was_never_shown_may_grow_by_one() -> None:
    silent = rate_all(3) | {"L01": None}
    campaign = make_results("C-1", [rate_all(4)] * 4 + [silent] * 6)
    assert figures(campaign_results(campaign, "en"), "L01").suppressed
    assert figures(arrive(campaign, rate_all(1), *[silent] * 9), "L01").n == 5


def test_the_page_says_that_later_answers_are_missing(client_for: Any, staff: Any) -> None:
    campaign = make_results("C-1", [rate_all(4)] * 5)
    arrive(campaign, rate_all(1), *[rate_all(3) | {"L01": None}] * 9)
    client = client_for(staff("quality_officer", language="en"))
    client.cookies["iqas_language"] = "en"
    page = client.get(f"/feedback/campaigns/{campaign.code}/results/").content.decode()
    assert page.count("some later answers are not counted here") == 1


ANSWER = st.fixed_dictionaries(
    {"L01": st.sampled_from([None, 1, 5]), "L02": st.sampled_from([None, None, None, 2])}
)


@settings(max_examples=30)
@given(st.lists(st.lists(ANSWER, min_size=1, max_size=14), min_size=2, max_size=5), st.integers(3, 10))
def test_no_two_published_states_differ_by_a_small_group(
    mixings: list[list[dict[str, int | None]]], threshold: int
) -> None:
    campaign = make_results(f"C-P{next(_numbers)}", threshold=threshold, invited=100)
    states = [arrive(campaign, *mixing) for mixing in mixings]
    for before, after in pairwise(states):
        for old, new in zip(before.items, after.items, strict=False):
            if old.figures.suppressed or new.figures.suppressed:
                assert old.figures.suppressed, "what was shown is not hidden again"
                continue
            more = new.figures.n - old.figures.n
            assert more == 0 or more >= threshold
            if more == 0:
                assert new.figures.distribution == old.figures.distribution


# --- groups of those invited -------------------------------------------------------------------------------


def test_the_participation_of_a_small_group_cannot_be_worked_out_from_the_others() -> None:
    """Six and a hidden two are eight: the total stood beside the one group large enough to be shown."""
    campaign = make_campaign(groups={"Tarde": 6, "Noche": 2})
    total, groups = participation_of(campaign)
    assert total.invited == 8
    assert groups == []


def test_few_who_answered_in_a_group_are_not_published_beside_a_total() -> None:
    campaign = make_campaign(groups={"Mañana": 10, "Tarde": 10, "Noche": 12})
    for group, used in (("manana", 3), ("tarde", 7), ("noche", 0)):
        keys = campaign.invitations.filter(group_code=group).values_list("pk", flat=True)[:used]
        Invitation.objects.filter(pk__in=list(keys)).update(used=True)
    _total, groups = participation_of(campaign)
    assert [(group.label, group.invited, group.answered) for group in groups] == [
        ("Mañana", 10, None),
        ("Noche", 12, None),
        ("Tarde", 10, None),
    ]


def test_large_groups_are_counted() -> None:
    campaign = make_campaign(groups={"Mañana": 10, "Tarde": 10})
    campaign.invitations.update(used=True)
    _total, groups = participation_of(campaign)
    assert [(group.invited, group.answered) for group in groups] == [(10, 10), (10, 10)]


# --- mail that came back ---------------------------------------------------------------------------------------


def refuse(self: Any, *args: Any, **kwargs: Any) -> int:
    raise smtplib.SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})


def bounce_all(monkeypatch: pytest.MonkeyPatch, most: int = 100) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(outgoing.EmailMultiAlternatives, "send", refuse)
        waiting = list(Job.objects.filter(queue="mail", state="queued").order_by("pk")[:most])
        assert "failed" in {runner.perform_here(job.pk).state for job in waiting}


def test_an_address_that_refuses_is_not_reminded_and_counts_once(
    monkeypatch: pytest.MonkeyPatch, at: Any
) -> None:
    at("2026-03-02 10:00")
    campaign = make_campaign(addresses=tuple(f"persona{n}@example.org" for n in range(6)))
    bounce_all(monkeypatch, 2)
    at("2026-03-05 10:00")
    invitations.remind(actor=None, campaign=campaign)
    assert Job.objects.filter(payload__ids__wave=1).count() == 4
    assert (
        mailing.build_mail(invitation=str(Invitation.objects.filter(undelivered=True)[0].pk), wave=1) is None
    )
    bounce_all(monkeypatch)  # the rest of the first mails, and the reminders to the same addresses
    campaign.refresh_from_db()
    assert campaign.undelivered_count == Invitation.objects.filter(undelivered=True).count() == 6


def test_when_every_address_refuses_nobody_is_left_to_remind(
    monkeypatch: pytest.MonkeyPatch, at: Any
) -> None:
    at("2026-03-02 10:00")
    campaign = make_campaign(addresses=tuple(f"persona{n}@example.org" for n in range(5)))
    bounce_all(monkeypatch)
    at("2026-03-05 10:00")
    refusal = invitations.reminder_refusal(campaign)
    assert refusal is not None
    assert refusal.code == "nobody-to-remind"


def test_the_response_rate_is_of_those_who_were_reached() -> None:
    campaign = make_results("C-1", [rate_all(4)] * 6, invited=10, undelivered_count=2)
    results = campaign_results(campaign, "en")
    assert (results.invited, results.undelivered, results.response_rate) == (8, 2, Fraction(6, 8))
    margin = figures(results, "L01").margin
    assert margin is not None
    assert margin.population == 8


def test_that_mail_came_back_does_not_tell_who_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign(addresses=tuple(f"persona{n}@example.org" for n in range(5)))
    bounce_all(monkeypatch)
    visit = find_visit(links_of(campaign)[0].rsplit("/", 1)[-1])
    assert visit is not None
    submit(visit=visit, sheet=AnswerSheet({"A1": 3}))
    total, _groups = participation_of(campaign)
    assert (total.invited, total.undelivered, total.answered, total.reached) == (5, 5, 1, 1)
    hourly()
    campaign.refresh_from_db()
    assert campaign.undelivered_count == 5


# --- scales of any length ------------------------------------------------------------------------------------------


def counted(kind: str, answers: list[Any], **item: Any) -> Campaign:
    version = make_questionnaire((kind,))
    Item.objects.filter(version=version).update(**item)
    campaign = make_campaign(version=version, links=len(answers))
    Response.objects.bulk_create(Response(campaign=campaign, answers={"A1": value}) for value in answers)
    summaries.refresh(campaign)
    return Campaign.objects.get(pk=campaign.pk)


def test_a_likert_scale_of_eleven_points_does_not_break_the_results() -> None:
    labels = {"es": {"0": "nada", "10": "todo"}, "en": {"0": "nothing", "10": "everything"}}
    campaign = counted("likert", [0, 5, 10, 10, 7], scale_min=0, scale_max=10, labels=labels)
    parts = parts_of(campaign_results(campaign, "en").items)
    assert [type(chart) for chart in parts[0].charts] == [charts.Bar]


def test_a_range_of_thirty_thousand_is_counted_in_few_bins_with_exact_mean_and_median() -> None:
    numbers = [0, 29_999, 30_000, 1234, 1235, 1236]
    campaign = counted("number", numbers, scale_min=0, scale_max=30_000)
    row = ItemSummary.objects.get(campaign=campaign)
    assert len(row.distribution) == 31
    assert {bin_: n for bin_, n in row.distribution.items() if n} == {
        "0": 1,
        "1000": 3,
        "29000": 1,
        "30000": 1,
    }
    shown = campaign_results(campaign, "en").items[0].figures
    assert (shown.n, shown.mean, shown.median) == (6, Fraction(sum(numbers), 6), Fraction(1235 + 1236, 2))
    chart = parts_of(campaign_results(campaign, "en").items)[0].charts[0]
    assert isinstance(chart, charts.Bar)
    assert len(chart.bars) == 11
    assert sum(bar.n or 0 for bar in chart.bars) == 6
    assert chart.bars[0].label == "0–2999"


def test_numbers_up_to_a_hundred_stand_each_for_itself() -> None:
    campaign = counted("number", [3, 3, 40, 99, 0])
    assert len(ItemSummary.objects.get(campaign=campaign).distribution) == 100


def test_a_choice_of_four_hundred_fits_into_its_box() -> None:
    version = make_questionnaire(("multiple",))
    Item.objects.filter(version=version).update(scale_min=100, scale_max=499)
    campaign = make_campaign(version=version, links=5)
    visit = find_visit(links_of(campaign)[0].rsplit("/", 1)[-1])
    assert visit is not None
    submit(visit=visit, sheet=AnswerSheet({"A1": list(range(100, 500))}))
    assert campaign.inbox.count() == 1


def test_a_pack_offers_no_more_answers_than_can_be_read() -> None:
    pack: dict[str, Any] = {
        "code": "LONG",
        "version": 1,
        "audience": "learner",
        "title": {"es": "Larga", "en": "Long"},
        "intro": {"es": "…", "en": "…"},
        "scales": {"many": {"points": [1, 61], "labels": {"es": {1: "uno"}, "en": {1: "one"}}}},
        "sections": [
            {
                "title": {"es": "A", "en": "A"},
                "items": [
                    {"code": "A1", "kind": "multiple", "scale": "many", "text": {"es": "¿?", "en": "?"}}
                ],
            }
        ],
    }
    with pytest.raises(ValueError, match="A1 offers 61 answers, more than 60"):
        QuestionnairePack.model_validate(pack)
    pack["sections"][0]["items"][0]["kind"] = "number"
    assert QuestionnairePack.model_validate(pack).items[0].code == "A1"


def test_groups_are_counted_with_what_everybody_answered() -> None:
    """Where one row of a question may not move, none of it does: the groups would tell what the total hides."""
    campaign = make_results("C-1", [("am", rate_all(4))] * 5, groups={"am": "Mañana"})
    arrive(campaign, rate_all(2), group="am")
    rows = ItemSummary.objects.filter(campaign=campaign, item__code="L01")
    assert {row.n for row in rows} == {5}
    assert GroupSummary.objects.get(campaign=campaign).responses == 6
