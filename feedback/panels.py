"""Surveys on the pages of editions and micro-credentials, what was said without one on those of dimensions, the privacy

notice, and the look of errors on respondents' pages.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign
from feedback.presenters.complaints import times_in_words
from feedback.presenters.places import place_url
from feedback.selectors.campaigns import with_participation
from feedback.selectors.complaints import answer_times, visible
from feedback.selectors.consultations import about, raised_about
from feedback.selectors.pooling import Place
from feedback.selectors.published import FINISHED
from feedback.selectors.targets import about_editions, about_microcredential, label_of, with_label
from feedback.views.respondent import survey_error
from iqas.core.access import allowed, can, holds
from iqas.core.error_views import show_own_pages
from iqas.core.panels import Panel, panel
from iqas.ui.components import Link

SHOWN = 8

show_own_pages("/s/", survey_error)


@panel("edition", order=30)
def edition_panel(request: HttpRequest, edition: Any) -> Panel | None:
    """The campaigns on this edition, and the way to another."""
    add = ""
    if can(request.user, "campaign.edit", Campaign(scope=edition.microcredential.scope)):
        add = f"{reverse('feedback:campaign-add')}?edition={edition.code}"
    place = Place(edition.microcredential.scope, edition)
    words = _("Results of this edition")
    return _panel(request, Campaign.objects.filter(about_editions([edition])), place, words, add)


@panel("microcredential", order=30)
def microcredential_panel(request: HttpRequest, microcredential: Any) -> Panel | None:
    """The latest campaigns on all its editions."""
    place, words = Place(microcredential.scope), _("Results of all its editions")
    return _panel(request, Campaign.objects.filter(about_microcredential(microcredential)), place, words)


@panel("dimension", order=20)
def dimension_panel(request: HttpRequest, shown: Any) -> Panel | None:
    """What was said without a survey: points of meetings and interviews, complaints and how long their answers took.

    `shown` has the dimension, a centre or None for all, and a year or None for all.
    """
    letter = shown.dimension.code
    path = shown.centre.scope.path if shown.centre else ""
    points, complaints = [], None
    if can(request.user, "consultation.view"):
        raised = raised_about(path, letter).filter(
            consultation__in=allowed(request.user, "consultation.view")
        )
        points = list(_within(raised, shown.year, "consultation__held_on")[: SHOWN + 1])
    if can(request.user, "complaint.view"):
        said = visible(request.user).filter(about(letter), scope__path__startswith=path)
        complaints = answer_times(_within(said, shown.year, "received_on"))
    times = times_in_words(complaints) if complaints else ""
    if not points and not times:
        return None
    context = {"points": points[:SHOWN], "more": len(points) > SHOWN, "times": times, "letter": letter}
    return Panel(_("Said without a survey"), "feedback/_dimension.html", context)


def _within(rows: QuerySet[Any], year: Any, day: str) -> QuerySet[Any]:
    return rows.filter(**{f"{day}__range": (year.starts, year.ends)}) if year else rows


@panel("statement", order=30)
def privacy_panel(request: HttpRequest, statement: Any) -> Panel | None:
    """How surveys are kept anonymous, and what remains possible."""
    return Panel(_("Surveys"), "feedback/_privacy.html") if statement == "privacy" else None


def _panel(
    request: HttpRequest, campaigns: QuerySet[Campaign], place: Place, words: Any, add: str = ""
) -> Panel | None:
    """`words` lead to the results of the place, where a campaign of its own has ended, for who may see them."""
    if not can(request.user, "campaign.view"):
        return None
    over = Campaign.objects.filter(place.within(), state__in=FINISHED)
    visible = with_participation(allowed(request.user, "campaign.view", campaigns))
    visible = visible.annotate(any_is_over=Exists(over)).order_by("-closes", "-code")
    told = ("state", "closes", "mode", "responses_count", "invited_count")
    rows = list(with_label(visible, *told)[: SHOWN + 1])
    context = {"rows": [(row, label_of(row)) for row in rows[:SHOWN]], "more": len(rows) > SHOWN, "add": add}
    any_is_over = bool(rows) and rows[0].any_is_over  # type: ignore[attr-defined]
    if any_is_over and holds(request.user, "results.view", place.scope):
        context["results"] = Link(words, place_url(place.kind, place.code))
    brief = (
        gettext("More than %(count)s campaigns") % {"count": SHOWN}
        if context["more"]
        else ngettext("%(count)s campaign", "%(count)s campaigns", len(rows)) % {"count": len(rows)}
    )
    return Panel(_("Feedback"), "feedback/_panel.html", context, brief=brief)
