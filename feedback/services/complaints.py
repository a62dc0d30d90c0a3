"""Complaints and suggestions: received, taken up, answered within their time. Events hold no text of anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.addresses import decrypt_address, encrypt_address
from feedback.anonymity.installed import installed_ring, ring_for_new_links
from feedback.anonymity.tokens import new_receipt, receipt_hash
from feedback.models import Comment, Complaint
from feedback.selectors.complaints import WAITING, case_key, due_day, is_case
from feedback.selectors.safeguarding import persons_for, safeguarding_address
from feedback.selectors.survey import links_exist
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record, record_changes
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim
from iqas.frameworks.selectors import assessable
from iqas.improvement.models import Action
from iqas.jobs.mail import Mail, send_built
from iqas.jobs.services import Order
from iqas.organisation.models import Scope, University
from iqas.ui.formats import day

BUILDER = "feedback.complaint"
LONGEST = 5000
MOST_AN_HOUR = 60
MOST_FROM_A_NETWORK = 20
HOUR = 60 * 60
FIELDS = (
    "kind",
    "channel",
    "received_on",
    "due_on",
    "scope",
    "edition",
    "criterion_code",
    "text",
    "is_urgent",
)
LATER = (*FIELDS, "responsible", "action")
OF_THE_COMMENT = ("kind", "channel", "scope", "edition", "text", "is_urgent")


@transaction.atomic
def receive(*, actor: Any, sender: str = "", **given: Any) -> Complaint:
    """Write down what was received by mail, in person or through a registry. `sender` is kept encrypted.

    Refuses `complaint-text`, `complaint-day` (in the future), `complaint-edition` and `complaint-criterion`.
    """
    complaint = Complaint(created_by=actor, due_on=None)
    _set(complaint, given)
    require(actor, "complaint.edit", complaint)
    return _add(actor, complaint, sender, get_language() or settings.LANGUAGE_CODE)


@dataclass(frozen=True)
class Sent:
    """What was received from outside, and the secret by which its sender reads the answer; only its hash is kept."""

    complaint: Complaint
    secret: str


@transaction.atomic
def send_in(
    *, kind: str, scope: Scope, text: str, email: str = "", is_urgent: bool = False, sender_mark: str = ""
) -> Sent:
    """What somebody outside wrote in the public form.

    Refuses `complaint-text` and `too-many`: from one network in this hour, or from everybody; what is urgent is never
    refused for what others sent. `sender_mark` is `middleware.sender_mark`.
    """
    complaint, secret = Complaint(), new_receipt()
    given = {"kind": kind, "scope": scope, "text": text, "is_urgent": is_urgent}
    _set(complaint, {**given, "channel": Complaint.Channel.FORM, "received_on": clock.today()})
    _refuse_flood(sender_mark, is_urgent=is_urgent)
    complaint.secret_hash = receipt_hash(secret) or ""
    return Sent(_add(None, complaint, email, get_language() or settings.LANGUAGE_CODE), secret)


def _refuse_flood(sender_mark: str, *, is_urgent: bool) -> None:
    since = clock.now() - dt.timedelta(hours=1)
    sent = Complaint.objects.filter(channel=Complaint.Channel.FORM, is_urgent=False, created_at__gte=since)
    flooded = not is_urgent and sent.count() >= MOST_AN_HOUR
    if sender_mark:
        key = f"complaints|{sender_mark}|{clock.now():%Y%m%d%H}|{is_urgent:d}"
        count = cache.get(key, 0) + 1
        cache.set(key, count, HOUR)
        flooded |= count > MOST_FROM_A_NETWORK
    if flooded:
        raise RuleViolation(
            "too-many", _("Too much was sent in this hour. Try again later, or write a mail.")
        )


@transaction.atomic
def change_complaint(*, actor: Any, complaint: Complaint, seen: int, **given: Any) -> Complaint:
    """Correct what was written down, name who is responsible, link the action that follows. Refuses `StaleVersion`,

    `complaint-over` (answered: it stays as it is but for its action), `complaint-case` (of a comment) and what `receive` refuses.
    """
    locked = _locked(actor, "complaint.edit", complaint)
    claim(locked, seen)
    if locked.state not in WAITING and set(given) - {"action"}:
        raise RuleViolation("complaint-over", _("It was answered: only its improvement action can change."))
    if is_case(locked) and set(given) & set(OF_THE_COMMENT):
        raise RuleViolation("complaint-case", _("It is the case of a comment: what it is about stays."))
    before = _told(locked)
    _set(locked, given)
    require(actor, "complaint.edit", locked)
    if locked.due_on is None:
        locked.due_on = due_day(locked.received_on, urgent=locked.is_urgent)
    locked.save(update_fields=[*given, "due_on"])
    after = _told(locked)
    if locked.is_urgent and any(before[name] != after[name] for name in ("urgent", "scope")):
        _mail(actor, locked, "urgent")  # of another part others are named; who was told is not told again
    record_changes(
        actor=actor,
        action="complaint.changed",
        subject=locked,
        scope=locked.scope,
        before=before,
        after=after,
    )
    return locked


@transaction.atomic
def take_up(*, actor: Any, complaint: Complaint, seen: int) -> Complaint:
    """Acknowledge it: somebody is looking into it, by default who says so. Refuses `complaint-state`, `StaleVersion`."""
    locked = _locked(actor, "complaint.answer", complaint)
    claim(locked, seen)
    if locked.state != Complaint.State.RECEIVED:
        raise RuleViolation("complaint-state", _("Somebody is looking into it already, or it was answered."))
    locked.state = Complaint.State.IN_PROGRESS
    locked.responsible = locked.responsible or actor
    locked.save(update_fields=["state", "responsible"])
    record(actor=actor, action="complaint.taken_up", subject=locked, scope=locked.scope)
    return locked


@transaction.atomic
def answer_complaint(
    *, actor: Any, complaint: Complaint, seen: int, answer: str, dismissed: bool = False
) -> Complaint:
    """Answer it, or say why it is not admitted; by e-mail where its sender left an address.

    Refuses `complaint-state` (answered already), `answer-missing` and `StaleVersion`.
    """
    locked = _locked(actor, "complaint.answer", complaint)
    claim(locked, seen)
    if locked.state not in WAITING:
        raise RuleViolation("complaint-state", _("It was answered already."))
    if not answer.strip():
        raise RuleViolation("answer-missing", _("Write the answer."), field="answer")
    locked.state = Complaint.State.DISMISSED if dismissed else Complaint.State.ANSWERED
    locked.answer, locked.answered_on = answer.strip()[:LONGEST], clock.today()
    locked.save(update_fields=["state", "answer", "answered_on"])
    record(
        actor=actor,
        action="complaint.dismissed" if dismissed else "complaint.answered",
        subject=locked,
        scope=locked.scope,
        after={"answered_on": locked.answered_on, "days": locked.days_taken},
    )
    if locked.sender_enc:
        _mail(actor, locked, "answered")
    return locked


@transaction.atomic
def open_case(*, actor: Any, comment: Comment) -> Complaint:
    """The case of a comment that was flagged as urgent, opened again where it was taken back; its person is told."""
    campaign = comment.campaign
    case = Complaint.objects.filter(pk=case_key(comment.pk)).first()
    if case is not None and case.state == Complaint.State.DISMISSED:
        case.state, case.answer, case.answered_on = Complaint.State.RECEIVED, "", None
        case.received_on, case.due_on = clock.today(), due_day(clock.today(), urgent=True)
        case.save(update_fields=["state", "answer", "answered_on", "received_on", "due_on"])
        record(actor=actor, action="complaint.reopened", subject=case, scope=case.scope)
        _mail(actor, case, "urgent", time=uuid4().hex)
        return case
    if case is None:
        case = Complaint(
            pk=case_key(comment.pk),
            kind=Complaint.Kind.COMPLAINT,
            channel=Complaint.Channel.SURVEY,
            received_on=clock.today(),
            scope=campaign.scope,
            edition=campaign.edition,
            text=campaign.code,
            is_urgent=True,
            created_by=actor,
        )
        _add(actor, case, "", settings.LANGUAGE_CODE)
    return case


@transaction.atomic
def drop_case(*, actor: Any, comment: Comment) -> None:
    """The flag was taken back. Refuses `case-open` once somebody is looking into it: answer it instead."""
    case = Complaint.objects.select_for_update(of=("self",)).filter(pk=case_key(comment.pk)).first()
    if case is None or case.state == Complaint.State.DISMISSED:
        return
    if case.state != Complaint.State.RECEIVED:
        raise RuleViolation("case-open", _("Somebody is looking into it: the case is ended with its answer."))
    case.state, case.answered_on = Complaint.State.DISMISSED, clock.today()
    case.answer = _now("The flag was taken back.")
    case.save(update_fields=["state", "answer", "answered_on"])
    record(actor=actor, action="complaint.dismissed", subject=case, scope=case.scope)


def forget_senders() -> int:
    """Addresses of those who were answered longer ago than the university keeps addresses; how many they were."""
    university = University.objects.first()
    if university is None:
        return 0
    limit = clock.today() - dt.timedelta(days=university.retention_days)
    return Complaint.objects.filter(answered_on__lt=limit, sender_enc__isnull=False).update(sender_enc=None)


def build_mail(*, complaint: str, what: str, person: str = "") -> Mail | None:
    """One message about a complaint; `person` is named for safeguarding. Only the sender's own answer holds a text; staff get the number and the way there."""
    found = Complaint.objects.filter(pk=UUID(complaint)).first()
    if found is None:
        return None
    if what in ("received", "answered"):
        if not found.sender_enc:
            return None
        language, _space, to = decrypt_address(installed_ring(), bytes(found.sender_enc), found.pk).partition(
            " "
        )
        answer = found.answer if what == "answered" else ""
        context = {"code": found.code, "answer": answer, "due": _day_in(language, found.due_on)}
        return Mail(to=to, language=language, template="complaint_sender", context=context)
    language, to = settings.LANGUAGE_CODE, _staff_address(what)
    if person:
        reader = next((row.user for row in persons_for(found.scope) if str(row.user_id) == person), None)
        language, to = (reader.language, reader.email) if reader else (language, "")
    if not to:
        return None
    with override(language):
        label = str(_("Open it"))
    told: dict[str, Any] = {
        "code": found.code,
        "urgent": what == "urgent",
        "due": _day_in(language, found.due_on),
        "action_url": f"{settings.BASE_URL}{found.get_absolute_url()}",
        "action_label": label,
    }
    return Mail(to=to, language=language, template="complaint_staff", context=told)


def _staff_address(what: str) -> str:
    if what == "urgent":
        return safeguarding_address()
    university = University.objects.first()
    return university.complaints_email if university else ""


def _day_in(language: str, date: dt.date | None) -> str:
    with override(language):
        return str(day(date))


def _add(actor: Any, complaint: Complaint, sender: str, language: str) -> Complaint:
    complaint.code = next_code("Q", width=4)
    complaint.due_on = complaint.due_on or due_day(complaint.received_on, urgent=complaint.is_urgent)
    if sender:
        in_use = links_exist() or Complaint.objects.filter(sender_enc__isnull=False).exists()
        ring = ring_for_new_links(links_exist=in_use)
        complaint.sender_enc = encrypt_address(ring, f"{language[:2]} {sender}", complaint.pk)
    complaint.save(force_insert=True)
    record(
        actor=actor,
        action="complaint.received",
        subject=complaint,
        scope=complaint.scope,
        after=_told(complaint),
    )
    if complaint.is_urgent:
        _mail(actor, complaint, "urgent")
    elif actor is None:
        _mail(actor, complaint, "notice")
    if sender:
        _mail(actor, complaint, "received")
    return complaint


def _mail(actor: Any, complaint: Complaint, what: str, *, time: str = "") -> None:
    """Once to each; `time` tells apart those who are told anew. The list of jobs names no urgent one."""
    ids = {"complaint": str(complaint.pk), "what": what}
    key = f"{complaint.pk}|{what}|{complaint.answered_on or time}"
    people = {str(row.user_id) for row in persons_for(complaint.scope)} if what == "urgent" else set()
    about = "" if complaint.is_urgent else complaint.code
    orders = [Order(ids | {"person": one}, f"{key}|{one}", about) for one in sorted(people)]
    orders = orders or [Order(ids, key, about)]
    send_built(actor=actor, builder=BUILDER, orders=orders, scope=complaint.scope)


def _locked(actor: Any, action: str, complaint: Complaint) -> Complaint:
    locked = (
        Complaint.objects.select_related("scope", "edition", "responsible", "action")
        .select_for_update(of=("self",))
        .get(pk=complaint.pk)
    )
    require(actor, action, locked)
    require(actor, "complaint.view", locked)
    return locked


def _set(complaint: Complaint, given: dict[str, Any]) -> None:
    unknown = set(given) - set(LATER)
    if unknown:
        raise TypeError(f"No fields of a complaint: {sorted(unknown)}")
    for name, value in given.items():
        setattr(complaint, name, value)
    complaint.text = complaint.text.replace("\x00", "").strip()
    if not complaint.text or len(complaint.text) > LONGEST:
        raise RuleViolation(
            "complaint-text", _("Write what happened, in at most %(most)s characters.") % {"most": LONGEST},
            field="text",
        )  # fmt: skip
    if complaint.received_on > clock.today():
        raise RuleViolation("complaint-day", _("This day is in the future."), field="received_on")
    edition = complaint.edition
    if edition is not None and not edition.microcredential.scope.path.startswith(complaint.scope.path):
        raise RuleViolation("complaint-edition", _("This edition is not of this part."), field="edition")
    code = complaint.criterion_code
    if "criterion_code" in given and code and not assessable().filter(code=code).exists():
        raise RuleViolation("complaint-criterion", _("There is no such criterion."), field="criterion_code")
    action: Action | None = complaint.action
    if action is not None and not _near(action.scope, complaint.scope):
        raise RuleViolation("complaint-action", _("This action is of another part."), field="action")
    try:
        complaint.clean_fields(exclude=["code", "created_by", "sender_enc", "secret_hash"])
    except ValidationError as error:
        raise RuleViolation("complaint-values", "; ".join(error.messages)) from error


def _near(one: Scope, other: Scope) -> bool:
    return one.path.startswith(other.path) or other.path.startswith(one.path)


def _told(complaint: Complaint) -> dict[str, Any]:
    """For the history: never the text."""
    return {
        "kind": complaint.kind,
        "channel": complaint.channel,
        "received_on": complaint.received_on,
        "due_on": complaint.due_on,
        "scope": complaint.scope.code,
        "edition": complaint.edition.code if complaint.edition else "",
        "criterion": complaint.criterion_code,
        "urgent": complaint.is_urgent,
        "responsible": str(complaint.responsible or ""),
        "action": complaint.action.code if complaint.action else "",
    }
