"""The review of comments: queue, one by one, undone until it is closed, destroyed then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from feedback.models import Campaign, Comment, SignedAnswer
from feedback.selectors.comments import all_seen_of, seen_of
from feedback.selectors.results import shown_comments
from feedback.services import comments
from iqas.core.models import AuditDetail, AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.jobs.models import Job
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SIX = [rate_all(4)] * 6
MAIL = "El profesor García responde en garcia@uni.example siempre tarde"


def reviewed_campaign(*texts: str, code: str = "C-0001", **more: Any) -> Campaign:
    return make_results(code, answers=SIX, comments=[("L16", text) for text in texts], **more)


def take(actor: Any, comment: Comment, decision: str, **given: str) -> Comment:
    comment = Comment.objects.select_related("campaign").get(pk=comment.pk)
    return comments.decide(actor=actor, comment=comment, decision=decision, seen=seen_of(comment), **given)


def post(client: Any, comment: Comment, decision: str, **more: str) -> Any:
    comment.refresh_from_db()
    data = {"decision": decision, "seen": seen_of(comment), **more}
    return client.post(reverse("feedback:comment-decide", args=[comment.pk]), data)


def test_the_queue_counts_what_waits_and_shows_no_other_centre(
    staff: Any, client_for: Any, max_queries: Any
) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    reviewed_campaign("uno", "dos", scope=here.scope)
    reviewed_campaign("tres", code="C-0002", scope=there.scope)
    make_results("C-0003", answers=[rate_all(4)] * 4, comments=[("L16", "CANARY")], scope=here.scope)
    client = client_for(staff("centre_quality", scope=here.scope))
    with max_queries(12):
        page = client.get(reverse("feedback:comment-queue"))
    assert_shows(page, "C-0001")
    assert_hides(page, "C-0002", "C-0003")
    assert client_for(staff("coordinator", scope=here.scope)).get(
        reverse("feedback:comment-queue")
    ).status_code == 403  # fmt: skip
    assert client.get(reverse("feedback:comment-review", args=["C-0002"])).status_code == 404
    assert client.get(reverse("feedback:comment-publish", args=["C-0002"])).status_code == 404
    assert_hides(client.get(reverse("feedback:comment-list", args=["C-0003"])), "CANARY")
    assert client.get(reverse("feedback:comment-review", args=["C-0003"])).status_code == 302


def test_one_by_one_every_decision_leads_to_the_next(staff: Any, client_for: Any, max_queries: Any) -> None:
    campaign = reviewed_campaign("uno", "dos", MAIL, edition=make_plain_edition())
    edition = campaign.edition
    edition.teachers = "Luis García Prado"
    edition.save(update_fields=["teachers"])
    client = client_for(staff("quality_officer"))
    address = reverse("feedback:comment-review", args=[campaign.code])
    third = Comment.objects.get(text=MAIL)
    with max_queries(20):
        page = client.get(f"{address}?at={third.pk}", headers={"accept-language": "en"})
    assert_shows(
        page, "<mark>García</mark>", "<mark>garcia@uni.example</mark>", "El profesor […] responde en […]"
    )
    for _turn in range(3):
        one = client.get(address).context["reviewed"].comment
        told = post(client, one, "show", quick="1")
        assert told.status_code == 302
        assert told["Location"].endswith(f"?after={one.pk}")
    assert client.get(address).status_code == 302
    undone = post(client, third, "undo", quick="1")
    assert undone["Location"].endswith(f"?at={third.pk}")
    third.refresh_from_db()
    assert third.review_state == Comment.Review.PENDING


def test_a_redaction_only_removes_and_comes_back_until_the_review_is_closed() -> None:
    officer = make_staff("quality_officer")
    campaign = reviewed_campaign(MAIL, "nada que ver")
    comment, other = Comment.objects.get(text=MAIL), Comment.objects.get(text="nada que ver")
    for text, code in (
        ("[…]", "redaction-empty"),
        (MAIL, "redaction-same"),
        ("El profesor […] responde siempre pronto", "redaction-adds"),
        ("siempre responde", "redaction-adds"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            take(officer, comment, "redact", text=text)
        assert refusal.value.code == code
    kept = "El profesor […] responde en […] siempre tarde"
    take(officer, comment, "redact", text=kept)
    comment.refresh_from_db()
    assert (comment.text, comment.original, comment.review_state) == (kept, MAIL, "redacted")
    assert shown_comments(campaign, officer, "es") == []
    take(officer, comment, "undo")
    comment.refresh_from_db()
    assert (comment.text, comment.original, comment.review_state) == (MAIL, "", "pending")
    take(officer, comment, "redact", text=kept)
    with pytest.raises(RuleViolation) as refusal:
        take(officer, other, "withhold")
    assert refusal.value.code == "reason-missing"
    take(officer, other, "hold")
    with pytest.raises(RuleViolation) as refusal:
        comments.publish_comments(actor=officer, campaign=campaign)
    assert refusal.value.code == "comments-waiting"
    take(officer, other, "withhold", reason="insult")
    comments.publish_comments(actor=officer, campaign=campaign)
    comment.refresh_from_db()
    other.refresh_from_db()
    assert [said.comments for said in shown_comments(campaign, officer, "es")] == [(kept,)]
    assert (comment.text, comment.original) == (kept, "")
    assert (other.text, other.review_state, other.decision_reason) == ("", "withheld", "insult")
    assert Job.objects.filter(kind=comments.FORGET_KIND).count() == 1
    for decision in ("undo", "show"):
        with pytest.raises(RuleViolation) as refusal:
            take(officer, comment, decision)
        assert refusal.value.code == "review-closed"
    told = AuditDetail.objects.filter(event__action__startswith="comment.") | AuditDetail.objects.filter(
        event__action="campaign.reviewed"
    )
    assert not any("garc" in f"{row.label}{row.before}{row.after}{row.reason}".lower() for row in told)
    closed = AuditEvent.objects.select_related("detail").get(action="campaign.reviewed")
    assert closed.detail.after == {"comments": 2, "originals": 1, "withheld": 1}


def test_what_was_removed_goes_from_signed_answers_too() -> None:
    officer = make_staff("quality_officer")
    campaign = reviewed_campaign(MAIL, "se queda", "se va", mode="confidential", public_key=None)
    Campaign.objects.update(responses_count=6)
    for text in (MAIL, "se queda", "se va"):
        invitation = campaign.invitations.create(tok_idx=text[:20])
        SignedAnswer.objects.create(
            campaign=campaign,
            invitation=invitation,
            answers={},
            comments={"L16": text},
            answered_on=campaign.closes,
        )
    take(officer, Comment.objects.get(text=MAIL), "redact", text="El profesor […] responde siempre tarde")
    take(officer, Comment.objects.get(text="se queda"), "show")
    take(officer, Comment.objects.get(text="se va"), "withhold", reason="insult")
    comments.publish_comments(actor=officer, campaign=campaign)
    kept = sorted(str(answer.comments.get("L16")) for answer in SignedAnswer.objects.all())
    assert kept == ["El profesor […] responde siempre tarde", "None", "se queda"]


def test_who_decides_on_what_changed_meanwhile_is_told(staff: Any, client_for: Any) -> None:
    campaign = reviewed_campaign("uno")
    comment = Comment.objects.get()
    before = seen_of(comment)
    take(make_staff("quality_officer"), comment, "show")
    client = client_for(staff("quality_officer"))
    address = reverse("feedback:comment-decide", args=[comment.pk])
    late = client.post(address, {"decision": "withhold", "reason": "insult", "seen": before})
    assert late.status_code == 409
    assert client.post(address, {"decision": "withhold", "reason": "insult"}).status_code == 422
    comment.refresh_from_db()
    assert comment.review_state == Comment.Review.SHOWN
    assert post(client, comment, "withhold").status_code == 422
    assert_shows(client.get(reverse("feedback:comment-list", args=[campaign.code])), "uno")


def test_only_reviewers_of_the_centre_and_only_where_enough_answered() -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    campaign = reviewed_campaign("x", scope=here.scope)
    comment = Comment.objects.get()
    for actor in (
        make_staff("centre_quality", scope=there.scope),
        make_staff("coordinator", scope=here.scope),
    ):
        with pytest.raises(AccessDenied):
            take(actor, comment, "show")
        with pytest.raises(AccessDenied):
            comments.publish_comments(actor=actor, campaign=campaign)
    campaign.responses_count = 4
    campaign.save(update_fields=["responses_count"])
    with pytest.raises(RuleViolation) as refusal:
        take(make_staff("centre_quality", scope=here.scope), comment, "show")
    assert refusal.value.code == "too-few"


def test_nobody_publishes_what_another_reviewer_decided_meanwhile(
    staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    officer = staff("quality_officer")
    campaign = reviewed_campaign("uno")
    take(officer, Comment.objects.get(), "withhold", reason="insult")
    client = client_for(officer)
    address = reverse("feedback:comment-publish", args=[campaign.code])
    asked = client.get(address)
    confirmed = all_seen_of(campaign)
    assert f'value="{confirmed}"' in text_of(asked)
    take(make_staff("quality_officer"), Comment.objects.get(), "show")
    late = client.post(address, {"seen": confirmed}, headers={"accept-language": "en"})
    assert late.status_code == 422
    assert "Somebody decided about comments in the meantime" in text_of(late)
    assert client.post(address).status_code == 422
    campaign.refresh_from_db()
    assert campaign.review_closed_at is None


def test_closing_asks_once_and_the_page_says_it_is_over(
    staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    officer = staff("quality_officer")
    campaign = reviewed_campaign("uno")
    take(officer, Comment.objects.get(), "withhold", reason="insult")
    client = client_for(officer)
    address = reverse("feedback:comment-publish", args=[campaign.code])
    assert_shows(client.get(address, headers={"accept-language": "en"}), "What was withheld is destroyed: 1")
    assert client.post(address, {"seen": all_seen_of(campaign)}).status_code == 302
    page = client.get(
        reverse("feedback:comment-list", args=[campaign.code]), headers={"accept-language": "en"}
    )
    assert_shows(page, "The comments were published on")
    assert_hides(page, "uno")
    assert client.post(address).status_code == 422
