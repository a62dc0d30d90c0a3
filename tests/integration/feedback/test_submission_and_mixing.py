"""From a link to mixed rows: once, sealed, in batches, and never lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from feedback.anonymity import mixer
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.keys import KeyRing
from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, Comment, Draft, Inbox, Invitation, Receipt, Response
from feedback.selectors.survey import Visit, find_visit
from feedback.services import campaigns
from feedback.services.submission import save_draft, submit
from feedback.services.upkeep import hourly
from iqas.core.models import AuditEvent
from iqas.core.refusals import RuleViolation
from tests.factories.feedback import links_of, make_campaign, make_questionnaire

pytestmark = pytest.mark.django_db(transaction=True)


def visits(campaign: Campaign) -> list[Visit]:
    found = [find_visit(link.rsplit("/", 1)[-1]) for link in links_of(campaign)]
    assert all(found)
    return [visit for visit in found if visit]


def answer(campaign: Campaign, number: int, *, comment: str = "") -> list[str]:
    """So many people answer 1, 2, 3, 4, 5, 1, 2, …; returns their receipts."""
    return [
        submit(
            visit=visit,
            sheet=AnswerSheet(
                {"A1": place % 5 + 1, "A2": None}, {"A3": f"{comment}{place}"} if comment else {}
            ),
        )
        for place, visit in zip(range(number), visits(campaign), strict=False)
    ]


def counts(campaign: Campaign) -> dict[str, int]:
    fresh = Campaign.objects.get(pk=campaign.pk)
    return {
        "used": campaign.invitations.filter(used=True).count(),
        "inbox": campaign.inbox.count(),
        "responses": campaign.responses.count(),
        "receipts": campaign.receipts.count(),
        "destroyed": fresh.destroyed_count,
    }


def close_and_mix(campaign: Campaign) -> Campaign:
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    return Campaign.objects.get(pk=campaign.pk)


def test_a_link_answers_once() -> None:
    campaign = make_campaign(links=5)
    visit = visits(campaign)[0]
    submit(visit=visit, sheet=AnswerSheet({"A1": 4}))
    with pytest.raises(RuleViolation) as refusal:
        submit(visit=visit, sheet=AnswerSheet({"A1": 1}))
    assert refusal.value.code == "already-answered"
    assert counts(campaign) == {"used": 1, "inbox": 1, "responses": 0, "receipts": 0, "destroyed": 0}


def test_nothing_is_taken_before_the_first_and_after_the_last_day(at: Any) -> None:
    at("2026-03-01 09:00")
    campaign = make_campaign(links=5)
    visit = visits(campaign)[0]
    for moment in ("2026-02-28 23:59", "2026-04-01 00:00"):
        at(moment)
        with pytest.raises(RuleViolation) as refusal:
            submit(visit=visit, sheet=AnswerSheet({"A1": 4}))
        assert refusal.value.code == "not-open"
    at("2026-03-31 23:59")
    submit(visit=visit, sheet=AnswerSheet({"A1": 4}))
    assert counts(campaign)["used"] == 1


def test_nothing_is_taken_after_closing() -> None:
    campaign = make_campaign(links=5)
    late = visits(campaign)[0]
    campaigns.close_campaign(actor=None, campaign=campaign)
    with pytest.raises(RuleViolation) as refusal:
        submit(visit=late, sheet=AnswerSheet({"A1": 4}))
    assert refusal.value.code == "not-open"


def test_the_draft_goes_with_the_answer() -> None:
    campaign = make_campaign(links=5)
    visit = visits(campaign)[0]
    save_draft(visit=visit, sheet=AnswerSheet({"A1": 4}), page=1)
    save_draft(visit=visit, sheet=AnswerSheet({"A1": 5}), page=1)
    assert Draft.objects.count() == 1
    submit(visit=visit, sheet=AnswerSheet({"A1": 5}))
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(("answers", "mixed"), [(9, 0), (19, 0), (20, 10), (29, 10), (30, 20), (45, 30)])
def test_an_open_campaign_mixes_whole_batches_and_leaves_one_behind(answers: int, mixed: int) -> None:
    campaign = make_campaign(links=50)
    answer(campaign, answers)
    mixer.mix_and_settle(campaign.pk)
    assert counts(campaign) == {
        "used": answers,
        "inbox": answers - mixed,
        "responses": mixed,
        "receipts": mixed,
        "destroyed": 0,
    }
    mixer.mix_and_settle(campaign.pk)
    assert counts(campaign)["responses"] == mixed, "mixing again without new answers changes nothing"


def test_a_higher_threshold_is_a_larger_batch() -> None:
    campaign = make_campaign(links=50, threshold=15)
    answer(campaign, 29)
    mixer.mix_and_settle(campaign.pk)
    assert counts(campaign)["responses"] == 0
    answer(campaign, 1)
    mixer.mix_and_settle(campaign.pk)
    assert counts(campaign)["responses"] == 15


def test_closing_mixes_everything_and_destroys_the_key() -> None:
    campaign = make_campaign(links=30)
    receipts = answer(campaign, 27, comment="Comentario ")
    mixer.mix_and_settle(campaign.pk)
    assert installed_ring().has_seal(campaign.pk)
    finished = close_and_mix(campaign)
    assert finished.state == Campaign.State.MIXED
    assert finished.mixed_at is not None
    assert finished.responses_count == 27
    assert counts(campaign) == {"used": 27, "inbox": 0, "responses": 27, "receipts": 27, "destroyed": 0}
    assert not installed_ring().has_seal(campaign.pk)
    assert Counter(row.answers["A1"] for row in Response.objects.all()) == {1: 6, 2: 6, 3: 5, 4: 5, 5: 5}
    assert all(row.answers["A2"] is None for row in Response.objects.all())
    assert {row.text for row in Comment.objects.all()} == {f"Comentario {n}" for n in range(27)}
    assert len(set(receipts)) == 27


@pytest.mark.parametrize(("answers", "kept"), [(0, 0), (1, 0), (4, 0), (5, 5)])
def test_fewer_answers_than_the_threshold_are_destroyed_unread(answers: int, kept: int) -> None:
    campaign = make_campaign(links=10)
    answer(campaign, answers, comment="CANARIO")
    finished = close_and_mix(campaign)
    assert finished.state == Campaign.State.MIXED
    assert counts(campaign) == {
        "used": answers,
        "inbox": 0,
        "responses": kept,
        "receipts": kept,
        "destroyed": answers - kept,
    }
    assert Comment.objects.count() == kept


def test_groups_are_mixed_once_and_small_ones_dissolve() -> None:
    campaign = make_campaign(groups={"Mañana": 20, "Tarde": 12, "Noche": 3})
    answer(campaign, 35, comment="x")
    mixer.mix_and_settle(campaign.pk)
    assert counts(campaign)["responses"] == 0, "with groups nothing is mixed before the end"
    close_and_mix(campaign)
    groups = Counter(Response.objects.values_list("group_code", flat=True))
    assert groups == {"manana": 20, "": 15}, (
        "the group of 3 would be shown by subtraction if that of 12 stayed"
    )
    assert Counter(Comment.objects.values_list("group_code", flat=True)) == groups


def test_every_mixing_gives_every_row_a_new_key_and_a_new_place() -> None:
    campaign = make_campaign(links=60)
    answer(campaign, 30, comment="c")
    mixer.mix_and_settle(campaign.pk)
    before = set(Response.objects.values_list("pk", flat=True)) | set(
        Comment.objects.values_list("pk", flat=True)
    )
    answer(campaign, 20, comment="d")
    mixer.mix_and_settle(campaign.pk)
    after = set(Response.objects.values_list("pk", flat=True)) | set(
        Comment.objects.values_list("pk", flat=True)
    )
    assert len(before) == 40
    assert len(after) == 80
    assert not before & after


def test_boxes_of_one_campaign_have_one_size() -> None:
    campaign = make_campaign(links=10, version=make_questionnaire(("likert", "text", "text")))
    first, second = visits(campaign)[:2]
    submit(visit=first, sheet=AnswerSheet())
    submit(visit=second, sheet=AnswerSheet({"A1": 5}, {"A2": "á" * 2000, "A3": '"' * 2000}))
    assert len({len(bytes(box)) for box in Inbox.objects.values_list("sealed", flat=True)}) == 1


def test_a_lost_key_stops_the_mixing_and_loses_nothing() -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 25)
    for place in ("seal", "escrow"):
        key = Path(settings.KEYS_DIR) / place / f"{campaign.pk}.key"
        key.rename(key.with_suffix(".lost"))
    campaigns.close_campaign(actor=None, campaign=campaign)
    other = make_campaign(links=30)
    answer(other, 20)
    with pytest.raises(RuleViolation) as refusal:
        hourly()
    assert refusal.value.code == "seal-key"
    assert counts(campaign)["inbox"] == 25
    assert counts(other)["responses"] == 10, "one campaign without key does not stop the others"
    for place in ("seal", "escrow"):
        key = Path(settings.KEYS_DIR) / place / f"{campaign.pk}.lost"
        key.rename(key.with_suffix(".key"))
    hourly()
    assert counts(campaign)["responses"] == 25


def test_another_key_in_its_place_destroys_nothing() -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 25)
    installed_ring().destroy_seal(campaign.pk)
    KeyRing.load(Path(settings.KEYS_DIR)).make_seal(campaign.pk)
    campaigns.close_campaign(actor=None, campaign=campaign)
    with pytest.raises(RuleViolation):
        mixer.mix_and_settle(campaign.pk)
    assert counts(campaign)["inbox"] == 25
    assert installed_ring().has_seal(campaign.pk)


def test_a_damaged_box_is_counted_as_destroyed_and_does_not_stop_the_rest() -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 12)
    box = Inbox.objects.first()
    assert box is not None
    Inbox.objects.filter(pk=box.pk).update(sealed=b"\0" * len(bytes(box.sealed)))
    close_and_mix(campaign)
    assert counts(campaign) == {"used": 12, "inbox": 0, "responses": 11, "receipts": 11, "destroyed": 1}


def test_boxes_damaged_on_purpose_never_isolate_an_answer() -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 20)
    spared = Inbox.objects.values_list("pk", flat=True)[:1]
    Inbox.objects.exclude(pk__in=list(spared)).update(sealed=b"\0" * 100)
    mixer.mix_and_settle(campaign.pk)
    assert counts(campaign)["responses"] == 0
    close_and_mix(campaign)
    assert counts(campaign) == {"used": 20, "inbox": 0, "responses": 0, "receipts": 0, "destroyed": 20}


@pytest.mark.parametrize("broken", ["_rewrite", "_delete_sealed", "_recorded", "record"])
def test_a_mixer_that_dies_within_its_transaction_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 25, comment="x")
    before = counts(campaign)

    def die(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(mixer, broken, die)
        mixer.mix_and_settle(campaign.pk)
    assert counts(campaign) == before
    close_and_mix(campaign)
    assert counts(campaign)["responses"] == 25


@pytest.mark.parametrize("broken", ["compact", "summaries", "installed_ring", "clock"])
def test_a_mixer_that_dies_after_its_transaction_is_completed_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 25)
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix(campaign.pk)

    class Dead:
        def __call__(self, *args: Any, **kwargs: Any) -> None:
            raise KeyboardInterrupt

        def __getattr__(self, name: str) -> Any:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(mixer, broken, Dead())
        mixer.settle()
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.CLOSED
    hourly()
    finished = Campaign.objects.get(pk=campaign.pk)
    assert finished.state == Campaign.State.MIXED
    assert finished.responses_count == 25
    assert counts(campaign) == {"used": 25, "inbox": 0, "responses": 25, "receipts": 25, "destroyed": 0}
    assert not installed_ring().has_seal(campaign.pk)


def test_the_hourly_job_closes_what_is_due(at: Any) -> None:
    at("2026-03-01 09:00")
    campaign = make_campaign(links=20)
    answer(campaign, 6)
    at("2026-03-31 23:50")
    hourly()
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.OPEN
    at("2026-04-01 00:05")
    hourly()
    finished = Campaign.objects.get(pk=campaign.pk)
    assert finished.state == Campaign.State.MIXED
    assert finished.responses_count == 6


def test_mixings_are_recorded_as_totals_only() -> None:
    campaign = make_campaign(links=30)
    answer(campaign, 20)
    mixer.mix_and_settle(campaign.pk)
    event = AuditEvent.objects.select_related("detail").get(action="campaign.mixed")
    assert event.detail.after == {"mixed": 10, "destroyed": 0, "waiting": 10}
    assert not AuditEvent.objects.filter(
        object_type__in=["feedback.Invitation", "feedback.Response"]
    ).exists()


def test_no_row_of_an_answer_has_a_time_a_batch_or_a_way_to_its_invitation() -> None:
    columns = {
        model: {field.attname for field in model._meta.concrete_fields}
        for model in (Inbox, Draft, Response, Comment, Receipt, Invitation)
    }
    assert columns == {
        Inbox: {"id", "campaign_id", "sealed"},
        Draft: {"ref", "campaign_id", "body", "expires_day"},
        Response: {"id", "campaign_id", "group_code", "answers"},
        Comment: {"id", "campaign_id", "group_code", "item_id", "text", "review_state", "is_urgent", "marks",
                  "original", "decision_reason", "decided_on", "partner_id"},
        Receipt: {"h", "campaign_id"},
        Invitation: {"id", "campaign_id", "group_code", "email_enc", "mail_idx", "tok_idx", "code_idx", "sheet",
                     "used", "reminder_count", "last_mail_day", "undelivered", "by_open_link", "partner_id"},
    }  # fmt: skip
