"""What follows from answers: reviewed comments with a theme and a teacher's reply, a complaint, an answer to the results, minutes. With a canary in every text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.models import Comment, Consultation
from feedback.selectors.comments import seen_of
from feedback.selectors.replies import seen_of as replies_seen
from feedback.services import comments, complaints, consultations, outcomes, replies, safeguarding, themes
from iqas.accounts.models import User
from iqas.core import clock
from iqas.demo.acceptance.further import OFFICER

if TYPE_CHECKING:
    from iqas.demo.acceptance.hands import Hands
    from iqas.demo.acceptance.objects import Objects

TEXTS = ("you_said", "we_will", "we_did")


def build_dialogue(objects: Objects, hands: Hands) -> dict[str, Any]:
    """Of the campaign that is finished, so after its last mixing."""

    def canary(model: str, name: str) -> str:
        return f"CANARY-{objects.mark}-{model}-{name}"

    theme = themes.add_theme(actor=hands.quality, scope=objects.centre.scope, name=canary("theme", "name"))
    written = objects.mixed.comments.select_related("item", "campaign").order_by("item__order", "pk")
    first = written.first()
    assert first is not None
    themes.give_themes(actor=hands.quality, comment=first, had=[], themes=[theme])
    for comment in written.filter(item=first.item):
        comments.decide(actor=hands.quality, comment=comment, decision=comments.SHOW, seen=seen_of(comment))
    complaint = complaints.receive(
        actor=hands.writer,
        kind="complaint",
        channel="office",
        received_on=clock.today(),
        scope=objects.microcredential.scope,
        edition=objects.finished,
        text=canary("complaint", "text"),
        sender=f"{objects.mark.lower()}.sender@acceptance.example",
    )
    officer = User.objects.get(email=OFFICER)
    safeguarding.name_person(actor=officer, scope=objects.centre.scope, user=hands.quality)
    outcome = outcomes.add_outcome(
        actor=hands.writer,
        campaign=objects.mixed,
        texts={f"{name}_{language}": canary("outcome", name) for name in TEXTS for language in ("es", "en")},
        actions=[objects.action],
    )
    return {
        "theme": theme,
        "reply": _reply(objects, hands, canary, first),
        "complaint": complaint,
        "outcome": outcome,
        "consultation": _consultation(objects, hands, canary),
    }


def _reply(objects: Objects, hands: Hands, canary: Any, comment: Comment) -> Any:
    link = replies.invite_reply(
        actor=hands.quality,
        campaign=objects.mixed,
        name=canary("reply", "name"),
        email=hands.writer.email,
        closes=clock.today(),
        item_code=comment.item.code,
    )
    text = canary("reply", "text")
    replies.answer(link=link, seen=replies_seen(link), to_all=text, to_each={comment.pk: text})
    return link.replies.get(comment=None)


def _consultation(objects: Objects, hands: Hands, canary: Any) -> Consultation:
    consultation = consultations.create_consultation(
        actor=hands.writer,
        kind="meeting",
        title=canary("consultation", "title"),
        held_on=clock.today(),
        scope=objects.microcredential.scope,
        edition=objects.finished,
        participants=canary("consultation", "participants"),
        summary=canary("consultation", "summary"),
        evidence=objects.evidence_version,
        partners=[objects.more["partner"]],
    )
    consultations.save_point(
        actor=hands.writer,
        consultation=consultation,
        seen=consultation.version,
        text=canary("point", "text"),
        criterion_code="D.1",
        answer=canary("point", "answer"),
        action=objects.action,
    )
    return Consultation.objects.get(pk=consultation.pk)
