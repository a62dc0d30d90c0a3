"""Themes with their counts, and the teacher's right of reply before comments are published."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from feedback.models import Campaign, Comment, CommentReader, ReplyLink, TeacherReply, Theme
from feedback.selectors.comments import seen_of
from feedback.selectors.replies import seen_of as replies_seen_of
from feedback.selectors.themes import theme_counts
from feedback.services import replies, themes
from feedback.services.comments import SHOW, decide, publish_comments
from feedback.services.terms import Aim
from iqas.core.models import AuditDetail, AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_campaign, make_plain_edition
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre
from tests.support.pages import assert_hides, assert_shows, deliver

pytestmark = pytest.mark.django_db
SIX = [rate_all(4)] * 6
EN = {"accept-language": "en"}


def campaign_with(*comments: tuple[str, str], code: str = "C-0001", **more: Any) -> Campaign:
    campaign = make_results(code, answers=SIX, comments=comments, **more)
    CommentReader.objects.create(campaign=campaign, role="reader")
    campaign.comments.update(review_state="shown")
    return campaign


def refused(code: str, act: Any, **given: Any) -> None:
    with pytest.raises(RuleViolation) as refusal:
        act(**given)
    assert refusal.value.code == code


# Themes ---------------------------------------------------------------------------------------------


def test_a_theme_is_kept_in_its_scope_and_named_once(staff: Any, client_for: Any, max_queries: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    mine = staff("centre_quality", scope=here.scope)
    theme = themes.add_theme(actor=mine, scope=here.scope, name=" Horario  y ritmo ")
    refused("theme-exists", themes.add_theme, actor=mine, scope=here.scope, name="horario y RITMO")
    refused("theme-name", themes.add_theme, actor=mine, scope=here.scope, name="  ")
    with pytest.raises(AccessDenied):
        themes.add_theme(actor=mine, scope=there.scope, name="Otro")
    edit = {"actor": mine, "theme": theme, "name": "Horario", "is_active": True}
    refused("theme-changed", themes.change_theme, seen="Horarios", **edit)
    themes.change_theme(seen="Horario y ritmo", **edit)
    client, other = client_for(mine), client_for(staff("centre_quality", scope=there.scope))
    with max_queries(12):
        assert_shows(client.get(reverse("feedback:theme-list")), "Horario")
    assert_hides(other.get(reverse("feedback:theme-list")), "Horario")
    assert other.get(reverse("feedback:theme-edit", args=[theme.pk])).status_code == 404
    assert client_for(staff("coordinator", scope=here.scope)).get(
        reverse("feedback:theme-list")
    ).status_code == 403  # fmt: skip
    assert client.post(reverse("feedback:theme-add"), {"scope": "FAC-A", "name": "Aula"}).status_code == 302
    assert client.post(reverse("feedback:theme-add"), {"scope": "FAC-B", "name": "Aula"}).status_code == 422


def test_themes_are_given_with_the_decision_and_counted_for_five_people(staff: Any, client_for: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    officer = staff("quality_officer")
    campaign = campaign_with(
        *(("L16", f"a{n}") for n in range(5)), *(("L17", f"b{n}") for n in range(3)), scope=here.scope
    )
    often, seldom = (
        themes.add_theme(actor=officer, scope=here.scope, name=name) for name in ("Ritmo", "Aula")
    )
    foreign = themes.add_theme(actor=officer, scope=there.scope, name="Ajeno")
    client = client_for(officer)
    for comment in campaign.comments.all():
        page = client.get(f"{reverse('feedback:comment-review', args=[campaign.code])}?at={comment.pk}")
        assert_shows(page, "Ritmo", "Aula")
        assert_hides(page, "Ajeno")
        given = [often.pk, *([seldom.pk] if comment.item.code == "L17" else [])]
        data = {"decision": "show", "seen": seen_of(comment), "themes": given, "had": "", "with_themes": "1"}
        address = reverse("feedback:comment-decide", args=[comment.pk])
        assert client.post(address, data).status_code == 302
    one = campaign.comments.first()
    refused("themes-changed", themes.give_themes, actor=officer, comment=one, had=[], themes=[seldom])
    had = [str(key) for key in one.themes.values_list("pk", flat=True)]
    refused("theme-foreign", themes.give_themes, actor=officer, comment=one, had=had, themes=[foreign])
    themes.give_themes(actor=officer, comment=one, had=had, themes=[])
    assert not one.themes.exists()
    themes.give_themes(
        actor=officer, comment=one, had=[], themes=[key for key in (often, seldom) if str(key.pk) in had]
    )
    publish_comments(actor=officer, campaign=campaign)
    campaign.refresh_from_db()
    assert [(row.name, row.count) for row in theme_counts(campaign, officer)] == [
        ("Ritmo", 8),
        ("Aula", None),
    ]
    read = client.get(reverse("feedback:comment-read", args=[campaign.code]), headers=EN)
    assert_shows(read, "fewer than 5", "a0")


# The right of reply -----------------------------------------------------------------------------------


def ask(campaign: Campaign, actor: Any, **more: Any) -> ReplyLink:
    return replies.invite_reply(
        **{
            "actor": actor,
            "campaign": campaign,
            "name": "Ana Ruiz",
            "email": "ana@uni.example",
            "closes": dt.date(2026, 3, 12),
            **more,
        }
    )


def test_a_teacher_could_be_asked_about_one_edition_of_a_pool_and_read_the_comments_of_all(
    client_for: Any,
) -> None:
    campaign = make_campaign(aim=Aim(editions=(make_plain_edition(), make_plain_edition())), is_open=False)
    client = client_for(make_staff("quality_officer"))
    page = client.get(reverse("feedback:reply-add", args=[campaign.code]), headers=EN)
    assert "edition" not in page.context["form"].fields
    assert_shows(page, "whose comment is of which edition nobody can tell, so the teacher reads those of all")


def follow(to: str = "ana@uni.example") -> tuple[Client, str]:
    """A browser of the teacher's, with the address that the mail leads to."""
    deliver()
    sent = [message for message in mail.outbox if to in message.to]
    found = re.search(r"https?://[^\s/]+(/s/reply/\S+/)", str(sent[-1].body))
    assert found is not None
    client = Client(headers=EN)
    client.get(found.group(1))
    return client, reverse("survey:reply-write")


def test_a_teacher_reads_answers_and_is_published(
    staff: Any, client_for: Any, at: Any, max_queries: Any
) -> None:
    at("2026-03-02 10:00")
    officer = staff("quality_officer")
    campaign = campaign_with(("L16", "CANARY uno"), ("L17", "CANARY dos"))
    link = ask(campaign, officer)
    refused("reply-open", publish_comments, actor=officer, campaign=campaign)
    client, address = follow()
    assert "CANARY" not in str(mail.outbox[-1].body)
    with max_queries(20):
        page = client.get(address)
    assert_shows(page, "CANARY uno", "CANARY dos", "Ana Ruiz")
    assert AuditEvent.objects.filter(action="reply.read").count() == 1
    client.get(address)
    assert AuditEvent.objects.filter(action="reply.read").count() == 1
    one = Comment.objects.get(text="CANARY uno")
    data = {
        "seen": page.context["form"]["seen"].value(),
        "to_all": "SECRET gracias",
        f"reply-{one.pk}": "SECRET sí",
    }
    assert client.post(address, data).status_code == 302
    stale = client.post(address, data | {"to_all": "otra"})
    assert stale.status_code == 422
    assert_shows(client.get(address), "SECRET gracias", "SECRET sí")
    assert TeacherReply.objects.count() == 2
    at("2026-03-13 10:00")
    assert client.get(address).status_code == 410
    assert client.post(address, data).status_code == 410
    staff_client = client_for(officer)
    listed = reverse("feedback:comment-list", args=[campaign.code])
    with max_queries(20):
        assert_shows(staff_client.get(listed), "SECRET gracias")
    read = reverse("feedback:comment-read", args=[campaign.code])
    assert_hides(staff_client.get(read), "SECRET", "CANARY")
    publish_comments(actor=officer, campaign=campaign)
    assert_hides(staff_client.get(read), "SECRET")
    for reply in TeacherReply.objects.all():
        publish = reverse("feedback:reply-publish", args=[reply.pk])
        assert staff_client.post(publish, {"shown": "1", "seen": "other"}).status_code == 409
        assert staff_client.post(publish, {"shown": "1", "seen": reply.text}).status_code == 302
    with max_queries(20):
        assert_shows(staff_client.get(read), "CANARY uno", "SECRET gracias", "SECRET sí")
    replies.forget_reply_addresses()
    link.refresh_from_db()
    assert link.email_enc is None
    told = AuditDetail.objects.filter(event__action__startswith="reply.")
    assert not any("SECRET" in f"{row.after}" or "ana@" in f"{row.after}" for row in told)


def test_a_link_to_a_wrong_address_could_not_be_taken_back(client_for: Any, at: Any) -> None:
    at("2026-03-02 10:00")
    officer = make_staff("quality_officer")
    campaign = campaign_with(("L16", "CANARY uno"), ("L17", "CANARY dos"))
    wrong, right = ask(campaign, officer, email="nadie@otro.example"), ask(campaign, officer)
    client = client_for(officer)
    listed = reverse("feedback:comment-list", args=[campaign.code])
    withdraw = reverse("feedback:reply-withdraw", args=[wrong.pk])
    assert withdraw in client.get(listed).content.decode()
    stranger, address = follow("nadie@otro.example")
    assert_shows(stranger.get(address), "CANARY")
    assert_shows(client.get(withdraw, headers=EN), "It opens nothing from now on")
    assert client.post(withdraw, {"reason": "Otra persona"}).status_code == 302
    assert stranger.get(address).status_code == 404
    assert AuditEvent.objects.filter(action="reply.withdrawn").count() == 1
    assert client_for(make_staff("coordinator")).get(withdraw).status_code in (403, 404)
    replies.answer(link=right, seen=replies_seen_of(right), to_all="Gracias", to_each={})
    refused("reply-written", replies.withdraw_reply, actor=officer, link=right, reason="x")
    assert right.replies.count() == 1
    replies.withdraw_reply(
        actor=officer, link=(again := ask(campaign, officer, email="x@otro.example")), reason="x"
    )
    refused("reply-withdrawn", replies.withdraw_reply, actor=officer, link=again, reason="x")
    refused("reply-over", replies.answer, link=again, seen="", to_all="x", to_each={})


def test_who_was_asked_again_after_a_link_was_taken_back_got_no_mail(at: Any) -> None:
    """And the first address, once taken back, opened again."""
    at("2026-03-02 10:00")
    officer = make_staff("quality_officer")
    campaign = campaign_with(("L16", "CANARY uno"), ("L17", "CANARY dos"))
    first = ask(campaign, officer, closes=dt.date(2026, 3, 2))
    browser, address = follow()
    replies.withdraw_reply(actor=officer, link=first, reason="El día")
    second = ask(campaign, officer)
    assert second.pk != first.pk
    assert browser.get(address).status_code == 404
    refused("reply-twice", ask, campaign=campaign, actor=officer)
    other, address = follow()
    assert_shows(other.get(address), "CANARY uno")


def test_whom_and_when_nobody_can_be_asked(at: Any) -> None:
    at("2026-03-02 10:00")
    officer = make_staff("quality_officer")
    campaign = campaign_with(("L16", "uno"), ("L17", "dos"))
    refused("reply-days", ask, campaign=campaign, actor=officer, closes=dt.date(2026, 3, 1))
    refused("reply-days", ask, campaign=campaign, actor=officer, closes=dt.date(2026, 6, 1))
    campaign.comments.filter(item__code="L17").update(review_state="pending")
    refused("reply-early", ask, campaign=campaign, actor=officer)
    ask(campaign, officer, item_code="L16")
    refused("reply-twice", ask, campaign=campaign, actor=officer, item_code="L16", email="ANA@uni.example")
    campaign.comments.update(review_state="withheld")
    refused("reply-nothing", ask, campaign=campaign, actor=officer)
    CommentReader.objects.all().delete()
    refused("reply-reader", ask, campaign=campaign, actor=officer)
    Campaign.objects.update(responses_count=4)
    refused("too-few", ask, campaign=campaign, actor=officer)


def test_no_comment_is_read_before_a_teacher_can_be_asked(staff: Any, client_for: Any, at: Any) -> None:
    """One that was shown was read at once, while others waited for their decision and nobody could be asked to reply."""
    at("2026-03-02 10:00")
    officer, here = staff("quality_officer"), make_centre("FAC-A")
    campaign = campaign_with(("L16", "CANARY uno"), ("L17", "CANARY dos"), scope=here.scope)
    CommentReader.objects.create(campaign=campaign, role="coordinator")
    campaign.comments.update(review_state="pending")
    reader = client_for(staff("coordinator", scope=here.scope))
    read = reverse("feedback:comment-read", args=[campaign.code])
    one, other = campaign.comments.order_by("text").reverse()
    decide(actor=officer, comment=one, decision=SHOW, seen=seen_of(one))
    assert_hides(reader.get(read), "CANARY")
    refused("comments-waiting", publish_comments, actor=officer, campaign=campaign)
    decide(actor=officer, comment=other, decision=SHOW, seen=seen_of(other))
    assert_hides(reader.get(read), "CANARY")
    page = client_for(officer).get(reverse("feedback:comment-list", args=[campaign.code]), headers=EN)
    assert_shows(page, "Everything is decided", "Ask a teacher to reply", "Publish the comments")
    publish_comments(actor=officer, campaign=campaign)
    assert_shows(reader.get(read), "CANARY uno", "CANARY dos")
    refused("review-closed", ask, campaign=campaign, actor=officer)


def test_a_link_opens_its_own_question_and_no_other_campaign(at: Any) -> None:
    at("2026-03-02 10:00")
    officer = make_staff("quality_officer")
    campaign = campaign_with(("L16", "CANARY uno"), ("L17", "CANARY dos"))
    other = campaign_with(("L16", "CANARY tres"), code="C-0002")
    link = ask(campaign, officer, item_code="L16")
    client, address = follow()
    page = client.get(address)
    assert_shows(page, "CANARY uno")
    assert_hides(page, "CANARY dos", "CANARY tres")
    seen = page.context["form"]["seen"].value()
    foreign = {other.comments.get().pk: "x"}
    refused("reply-foreign", replies.answer, link=link, seen=seen, to_all="", to_each=foreign)
    refused("reply-long", replies.answer, link=link, seen=seen, to_all="x" * 4001, to_each={})
    assert Client().get(address).status_code == 404
    assert Client().get("/s/reply/" + "A" * 43 + "/", follow=True).status_code == 404
    with pytest.raises(AccessDenied):
        ask(other, make_staff("coordinator"))


def test_another_centre_asks_nobody_and_sees_nothing(staff: Any, client_for: Any, at: Any) -> None:
    at("2026-03-02 10:00")
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    campaign = campaign_with(("L16", "CANARY"), scope=here.scope)
    client = client_for(staff("centre_quality", scope=there.scope))
    for name in ("feedback:reply-add", "feedback:comment-read"):
        assert client.get(reverse(name, args=[campaign.code])).status_code == 404
    mine = client_for(staff("centre_quality", scope=here.scope))
    add = reverse("feedback:reply-add", args=[campaign.code])
    data = {"name": "Ana", "email": "ana@uni.example", "closes": "2026-03-12"}
    assert mine.get(add).status_code == 200
    assert mine.post(add, data | {"closes": "2026-03-01"}).status_code == 422
    assert mine.post(add, data).status_code == 302
    assert Theme.objects.count() == 0
