"""Complaints and suggestions: who sees which, when each is due, how long answers take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID, uuid5

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils.crypto import constant_time_compare

from feedback.anonymity.tokens import receipt_hash
from feedback.models import Comment, Complaint
from iqas.core import clock
from iqas.core.access import allowed
from iqas.organisation.models import Scope

WAITING = (Complaint.State.RECEIVED, Complaint.State.IN_PROGRESS)
WORKING_DAYS = 20  # RD 951/2005 art. 16.1
URGENT_WORKING_DAYS = 2
WEEKEND = 5
CASE_KEY_VERSION = 5  # a name-based UUID


@dataclass(frozen=True)
class AnswerTimes:
    """Of those received in a span of time: how many, how many answered, in time, and the median of days."""

    received: int
    answered: int
    in_time: int
    late: int
    median_days: float | None


def visible(user: Any, action: str = "complaint.view") -> QuerySet[Complaint]:
    """Urgent ones are for the persons named for safeguarding alone: anybody else may be who they are about."""
    return allowed(user, action)


def with_late(complaints: QuerySet[Complaint]) -> QuerySet[Any]:
    """Adds `late`: it waits and its day is over."""
    late = Q(state__in=WAITING, due_on__lt=clock.today())
    return complaints.annotate(
        late=Case(When(late, then=Value(True)), default=Value(False), output_field=BooleanField())
    )


def due_day(received: dt.date, *, urgent: bool) -> dt.date:
    """The last day for the answer: 20 working days (RD 951/2005 art. 16.1), of an urgent one 2. Without local holidays."""
    day = received
    for _step in range(URGENT_WORKING_DAYS if urgent else WORKING_DAYS):
        day += dt.timedelta(days=1)
        while day.weekday() >= WEEKEND:
            day += dt.timedelta(days=1)
    return day


def answer_times(complaints: QuerySet[Complaint]) -> AnswerTimes:
    """What the dimension's indicator counts: the days of calendar from arriving to the answer, praise left out."""
    rows = list(
        complaints.exclude(kind=Complaint.Kind.PRAISE).values_list("received_on", "due_on", "answered_on")
    )
    today = clock.today()
    taken = [(answered - received).days for received, _due, answered in rows if answered is not None]
    return AnswerTimes(
        received=len(rows),
        answered=len(taken),
        in_time=sum(1 for _r, due, answered in rows if answered and due and answered <= due),
        late=sum(1 for _r, due, answered in rows if due and (answered or today) > due),
        median_days=float(median(taken)) if taken else None,
    )


def case_key(comment: UUID) -> UUID:
    """The key of the case that an urgent comment opens: the same comment, the same case."""
    return uuid5(comment, "urgent")


def is_case(complaint: Complaint) -> bool:
    """Whether an urgent comment opened it. Keys of others are random."""
    return complaint.pk.version == CASE_KEY_VERSION


def comment_of(complaint: Complaint) -> Comment | None:
    """The comment that opened a case, where one did; the text of such a case is the code of its campaign."""
    if not is_case(complaint):
        return None
    flagged = Comment.objects.filter(is_urgent=True, campaign__code=complaint.text).select_related("campaign")
    return next((one for one in flagged if case_key(one.pk) == complaint.pk), None)


def find_sent(code: str, secret: str) -> Complaint | None:
    """What somebody sent through the form, for who has its number and its secret code; None for any other pair."""
    wanted = code.replace("\x00", "").strip().upper()  # PostgreSQL refuses to look for a NUL
    sent = Complaint.objects.exclude(secret_hash="").filter(code=wanted).first()
    typed = receipt_hash(secret)
    if sent is None or typed is None or not constant_time_compare(sent.secret_hash, typed):
        return None
    return sent


def scopes_for_senders() -> QuerySet[Scope]:
    """What a complaint from outside can be about: the university or a centre."""
    kinds = (Scope.Kind.UNIVERSITY, Scope.Kind.CENTRE)
    return Scope.objects.filter(kind__in=kinds).order_by("path")
