"""What the pages of complaints show, decided before the template."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Complaint
from feedback.selectors.complaints import WAITING, AnswerTimes, comment_of, is_case
from feedback.tables.complaints import TONES
from iqas.core import clock
from iqas.core.access import can
from iqas.ui.formats import decimal
from iqas.ui.history import history_entries

SENTENCES = {
    "complaint.received": gettext_lazy("received it"),
    "complaint.changed": gettext_lazy("changed it"),
    "complaint.taken_up": gettext_lazy("began to look into it"),
    "complaint.answered": gettext_lazy("answered it"),
    "complaint.dismissed": gettext_lazy("did not admit it"),
    "complaint.reopened": gettext_lazy("opened it again"),
}
FIELDS = {
    "kind": gettext_lazy("Kind"),
    "channel": gettext_lazy("Received by"),
    "received_on": gettext_lazy("Received"),
    "due_on": gettext_lazy("Answer due"),
    "scope": gettext_lazy("Of"),
    "edition": gettext_lazy("Edition"),
    "criterion": gettext_lazy("Criterion"),
    "urgent": gettext_lazy("Urgent"),
    "responsible": gettext_lazy("Responsible"),
    "action": gettext_lazy("Improvement action"),
    "answered_on": gettext_lazy("Answered on"),
    "days": gettext_lazy("Days"),
}


def detail(user: Any, complaint: Complaint) -> dict[str, Any]:
    waits = complaint.state in WAITING
    may_answer = waits and bool(can(user, "complaint.answer", complaint))
    comment = comment_of(complaint)
    case_url = ""
    if comment is not None and can(user, "comment.review", comment.campaign):
        address = reverse("feedback:comment-review", args=[comment.campaign.code])
        case_url = f"{address}?at={comment.pk}"
    return {
        "complaint": complaint,
        "tone": "overdue"
        if waits and complaint.due_on and complaint.due_on < clock.today()
        else TONES[complaint.state],
        "may_edit": bool(can(user, "complaint.edit", complaint)),
        "may_take_up": may_answer and complaint.state == Complaint.State.RECEIVED,
        "may_answer": may_answer,
        "is_case": is_case(complaint),
        "case_url": case_url,
        "entries": history_entries(complaint, SENTENCES, FIELDS),
    }


def times_in_words(times: AnswerTimes) -> str:
    """One line above the list."""
    if not times.received:
        return ""
    told = _(
        "Complaints and suggestions. Received: %(received)s. Answered: %(answered)s, in time: %(in_time)s. Late: %(late)s."
    )
    words = told % {
        "received": times.received,
        "answered": times.answered,
        "in_time": times.in_time,
        "late": times.late,
    }
    if times.median_days is None:
        return words
    return f"{words} " + _("Half were answered within %(days)s days.") % {
        "days": decimal(times.median_days, 0)
    }
