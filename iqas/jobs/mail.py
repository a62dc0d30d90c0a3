"""Outgoing messages as jobs: each one a job of its own, so that a failure repeats that one and no other.

A crash between the mail server's "accepted" and our commit sends a message again; its Message-ID is the same, so that
mailboxes show it once.
"""

from __future__ import annotations

import re
import smtplib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.template.context import make_context
from django.template.loader import get_template, select_template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import RuleViolation
from iqas.jobs import sealing
from iqas.jobs.models import Job, JobState, Letter
from iqas.jobs.runner import JobContext
from iqas.jobs.services import Order, enqueue, enqueue_many
from iqas.organisation.models import Scope, University

LETTER_KIND = "mail.letter"
BUILT_KIND = "mail.built"
PERMANENT = 500


@dataclass(frozen=True)
class Mail:
    """A message to one person: either a template of ours with its context, or a subject and a text.

    `template` "person_invited" means `templates/email/person_invited.txt`, whose first line is the subject, and
    `person_invited.html` where the text alone in our frame is not enough. `context` holds only what JSON can hold.
    `action_url` and `action_label` in the context become the button.
    """

    to: str
    language: str
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Builder = Callable[..., Mail | None]
_builders: dict[str, Builder] = {}


def mail_builder(name: str) -> Callable[[Builder], Builder]:
    """Declare, in `<app>/tasks.py`, how a message is built from ids at the moment it is sent.

    The function returns None when there is nothing to send any more (answered, opted out, closed).
    """

    def declare(builder: Builder) -> Builder:
        known = _builders.get(name)
        if known and (known.__module__, known.__qualname__) != (builder.__module__, builder.__qualname__):
            raise ValueError(f"{name}: already declared by {known.__module__}")
        _builders[name] = builder
        return builder

    return declare


def send_mail(
    *,
    actor: Any = None,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    idem_key: str,
    scope: Scope | None = None,
) -> Job:
    """Send a message made from a template, once the caller's transaction has committed.

    Address and context are kept sealed until it is sent, a week at most. The same `idem_key` is the same message.
    Refuses `mail-address`.
    """
    return _send(
        Mail(to, language, template=template, context=context), actor=actor, idem_key=idem_key, scope=scope
    )


def send_text(
    *,
    actor: Any = None,
    to: str,
    subject: str,
    text: str,
    language: str,
    idem_key: str = "",
    scope: Scope | None = None,
) -> Job:
    """As `send_mail`, for a text that somebody else wrote (allauth's). Without `idem_key` each call is a message."""
    mail = Mail(to, language, subject=subject, text=text)
    return _send(mail, actor=actor, idem_key=idem_key or uuid.uuid4().hex, scope=scope)


def send_built(
    *, actor: Any = None, builder: str, orders: Iterable[Order], scope: Scope | None = None
) -> list[Job]:
    """Send messages that `builder` makes from the ids of each order when its turn comes; nothing personal is stored.

    `send_built(builder="feedback.invitation", orders=[Order({"invitation": id}, f"{id}|first")])`
    """
    if builder not in _builders:
        raise LookupError(f"No app declares the mail builder {builder!r}.")
    named = [
        Order({"builder": builder, "ids": dict(order.payload)}, f"{builder}|{order.idem_key}", order.about)
        for order in orders
    ]
    return enqueue_many(actor=actor, kind=BUILT_KIND, orders=named, scope=scope)


def join_waiting(*, builder: str, wishes: Sequence[tuple[Sequence[str], Any]]) -> list[bool]:
    """Put more into messages that still wait to be sent, so that a person gets one where two were ordered.

    A wish is the `idem_key`s of messages that would do, and what is added to the list `more` of the ids of the first of them
    that waits. Answers, wish by wish, whether one took it. Needs a transaction: until it ends no worker takes these messages.
    """
    keys = {key: f"{BUILT_KIND}|{builder}|{key}" for candidates, _more in wishes for key in candidates}
    waiting: dict[str, Job] = {}
    wanted = sorted(keys.values())
    for start in range(0, len(wanted), 500):
        rows = Job.objects.select_for_update().filter(
            idem_key__in=wanted[start : start + 500], state=JobState.QUEUED
        )
        waiting |= {job.idem_key: job for job in rows.order_by("pk")}
    joined = []
    for candidates, more in wishes:
        job = next((waiting[keys[key]] for key in candidates if keys[key] in waiting), None)
        joined.append(job is not None)
        if job is not None:
            job.payload["ids"].setdefault("more", []).append(more)
    Job.objects.bulk_update(waiting.values(), ["payload"], batch_size=500)
    return joined


def deliver_letter(context: JobContext) -> None:
    """The work of `mail.letter`. Refuses `mail-gone` when the message is no longer kept, and `mail-refused`."""
    letter = Letter.objects.filter(job=context.job).first()
    if letter is None:
        raise RuleViolation("mail-gone", _("The message is no longer kept. Ask for it again."))
    try:
        mail = Mail(**sealing.unseal(bytes(letter.sealed)))
    except sealing.SealBroken:
        raise RuleViolation("mail-gone", _("The message is no longer kept. Ask for it again.")) from None
    deliver(mail, message_id=str(context.job.pk))
    context.on_finish(lambda _artefact: _forget(context.job))


def _forget(job: Job) -> None:
    Letter.objects.filter(job=job).delete()


def deliver_built(context: JobContext, *, builder: str, ids: Mapping[str, Any]) -> None:
    """The work of `mail.built`."""
    mail = _builders[builder](**ids)
    if mail is not None:
        deliver(mail, message_id=str(context.job.pk))


NO_SUCH_ADDRESS = re.compile(rb"5\.1\.(?:1|2|3|6|10)\b")
"""How servers that look at the address only when they have the message begin their reason, where it is the recipient's

(RFC 3463 §3.2, RFC 7505); X.1.7 and X.1.8 are about the sender.
"""


def deliver(mail: Mail, *, message_id: str) -> None:
    """Render and hand to the mail server. Refuses `mail-refused` when the server will never take this address;
    raises what may pass (no connection, a full mailbox)."""
    message = render(mail)
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message.extra_headers |= {
        "Message-ID": f"<{message_id}@{host}>",
        "Auto-Submitted": "auto-generated",
        **mail.headers,
    }
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= PERMANENT for code, _answer in error.recipients.values()):
            raise _refused() from None
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= PERMANENT and NO_SUCH_ADDRESS.match(_bytes(error.smtp_error)):
            raise _refused() from None
        raise


def _refused() -> RuleViolation:
    return RuleViolation("mail-refused", _("The mail server refuses this address."))


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()


def render(mail: Mail) -> EmailMultiAlternatives:
    """The message in the recipient's language: text, and the same in our look."""
    with translation.override(mail.language):
        context = {**_frame(mail.language), **mail.context}
        subject, text = (
            (mail.subject, mail.text) if not mail.template else _subject_and_text(mail.template, context)
        )
        html = _html(mail.template, {**context, "subject": subject, "text": _without_button(text, context)})
    message = EmailMultiAlternatives(subject=subject, body=text, to=[mail.to])
    message.attach_alternative(html, "text/html")
    return message


def _send(mail: Mail, *, actor: Any, idem_key: str, scope: Scope | None) -> Job:
    try:
        validate_email(mail.to)
    except ValidationError:
        raise RuleViolation("mail-address", _("This is not an e-mail address."), field="email") from None
    if mail.template:
        get_template(f"email/{mail.template}.txt")
    with transaction.atomic():
        job = enqueue(actor=actor, kind=LETTER_KIND, payload={}, idem_key=idem_key, scope=scope)
        if job.state == JobState.QUEUED:
            letter = Letter(job=job, sealed=sealing.seal(asdict(mail)))
            Letter.objects.bulk_create([letter], ignore_conflicts=True)
    return job


def _frame(language: str) -> dict[str, Any]:
    university = University.objects.first()
    return {
        "university": university.name if university else "IQAS",
        "base_url": settings.BASE_URL,
        "language": language,
    }


def _subject_and_text(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """The first line is the subject. Plain text is not escaped."""
    plain = make_context(context, autoescape=False)
    rendered: str = get_template(f"email/{template}.txt").template.render(plain)  # type: ignore[attr-defined]
    subject, _newline, text = rendered.strip().partition("\n")
    return subject.strip(), f"{text.strip()}\n"


def _without_button(text: str, context: Mapping[str, Any]) -> str:
    """The text without the lines that only repeat the address of the button."""
    button = context.get("action_url")
    return "\n".join(line for line in text.splitlines() if not button or line.strip() != button)


def _html(template: str, context: dict[str, Any]) -> str:
    own = [f"email/{template}.html"] if template else []
    return select_template([*own, "email/message.html"]).render(context)
