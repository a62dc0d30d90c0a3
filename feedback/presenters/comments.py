"""What the pages of the review show, decided before the template."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext_lazy

from feedback.forms.comments import DecisionForm
from feedback.models import Campaign, Comment, CommentTheme
from feedback.selectors.comments import (
    comments_of,
    may_be_reviewed,
    names_around,
    progress_of,
    reviewed,
)
from feedback.selectors.replies import door_of, last_reply_day, links_of, published_replies
from feedback.selectors.results import shown_comments
from feedback.selectors.themes import reviewed_counts, theme_counts, themes_for
from iqas.core.access import can

KINDS = {
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("telephone"),
    "document": gettext_lazy("identity number"),
    "name": gettext_lazy("name"),
}


def all_of(campaign: Campaign) -> dict[str, Any]:
    """Every comment with its state, and whether the review may be closed."""
    names = names_around(campaign)
    rows = [reviewed(comment, names) for comment in comments_of(campaign)]
    progress = progress_of(campaign)
    is_over = campaign.review_closed_at is not None
    links = links_of(campaign)
    is_decided = may_be_reviewed(campaign) and not is_over and not progress.waiting + progress.held
    until = last_reply_day(campaign) if is_decided else None
    return {
        "themes": reviewed_counts(campaign),
        "links": [(link, door_of(link)) for link in links],
        "campaign": campaign,
        "rows": rows,
        "progress": progress,
        "enough": campaign.responses_count >= campaign.threshold,
        "is_closed": is_over,
        "replies_until": until,
        "may_ask": is_decided and progress.shown > 0,
        "may_publish": is_decided and until is None,
    }


def to_read(campaign: Campaign, user: Any) -> dict[str, Any]:
    """What is shown to this reader: comments by question, themes with their counts, replies of the teachers."""
    replies = published_replies(campaign, user)
    return {
        "campaign": campaign,
        "enough": campaign.responses_count >= campaign.threshold,
        "questions": shown_comments(campaign, user, get_language() or "es"),
        "themes": theme_counts(campaign, user),
        "replies": replies,
        "waits_until": last_reply_day(campaign),
        "is_reviewer": bool(can(user, "comment.review", campaign)),
    }


def one_of(
    campaign: Campaign, *, at: str = "", after: str = "", form: DecisionForm | None = None
) -> dict[str, Any]:
    """One comment: the one that is asked for, else the next that waits; without one there is no "reviewed"."""
    places = [(str(pk), state) for pk, state in comments_of(campaign).values_list("pk", "review_state")]
    keys = [key for key, _state in places]
    context: dict[str, Any] = {"campaign": campaign, "progress": progress_of(campaign)}
    chosen = at if at in keys else _next_waiting(places, keys.index(after) if after in keys else -1)
    if chosen is None:
        return context
    place = keys.index(chosen)
    given = [
        str(key) for key in CommentTheme.objects.filter(comment__pk=chosen).values_list("theme", flat=True)
    ]
    one = reviewed(comments_of(campaign).get(pk=chosen), names_around(campaign))
    if form is None:
        initial = {"text": one.proposal, "reason": one.comment.decision_reason, "themes": given}
        form = DecisionForm(initial=initial, themes=themes_for(campaign))
        has_errors = False
    else:
        has_errors = True
    return context | {
        "reviewed": one,
        "kinds": KINDS,
        "place": place + 1,
        "total": len(keys),
        "former": keys[place - 1] if place else "",
        "following": keys[place + 1] if place + 1 < len(keys) else "",
        "is_closed": campaign.review_closed_at is not None,
        "is_pending": one.comment.review_state == Comment.Review.PENDING,
        "had": ",".join(sorted(given)),
        "form": form,
        "has_errors": has_errors,
    }


def _next_waiting(places: list[tuple[str, str]], after: int) -> str | None:
    """The next that waits behind this place, and then from the beginning; of none, the first of all if it is asked anew."""
    ordered = [*places[after + 1 :], *places[: after + 1]]
    return next((key for key, state in ordered if state == Comment.Review.PENDING), None)
