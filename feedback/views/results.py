"""What learners said, and the questions they were asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.comment_forms import CommentDecisionForm
from feedback.models import Campaign, Comment, Item, Questionnaire, QuestionnaireVersion
from feedback.presentation import group_rows, parts_of
from feedback.selectors.results import campaign_results, shown_comments
from feedback.services.comments import decide
from iqas.core.access import allowed, can, require
from iqas.core.views import get_visible_or_404, page


@page("results.view")
def campaign_results_page(request: HttpRequest, code: str) -> HttpResponse:
    """The results of one campaign, from its summaries only."""
    campaign = _campaign_or_404(request, code)
    results = campaign_results(campaign, get_language() or "es")
    groups = results.compared_groups
    reviewer = bool(can(request.user, "comment.review", campaign))
    context = {
        "campaign": campaign,
        "results": results,
        "parts": parts_of(results),
        "compared": groups,
        "group_rows": group_rows(results, groups) if groups else [],
        "hidden_groups": [group for group in results.groups if group.suppressed and group.code],
        "response_rate": None if results.response_rate is None else float(results.response_rate),
        "straight_share": results.straight_lined / results.responses if results.straight_lined else None,
        "comments": shown_comments(campaign),
        "waiting": _waiting(campaign) if reviewer else 0,
        "is_reviewer": reviewer,
    }
    return render(request, "feedback/campaign_results.html", context)


@page("comment.review")
def comment_list(request: HttpRequest, code: str) -> HttpResponse:
    """All comments of a finished campaign, for whoever decides what is shown."""
    campaign = _campaign_or_404(request, code)
    require(request.user, "comment.review", campaign)
    enough = campaign.responses_count >= campaign.threshold
    comments = (
        campaign.comments.select_related("item").order_by("item__order", "id")
        if enough
        else Comment.objects.none()
    )
    context = {"campaign": campaign, "comments": comments, "enough": enough}
    return render(request, "feedback/comment_list.html", context)


@page("comment.review", methods=("POST",))
def comment_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Shows or withholds one comment."""
    reachable = Comment.objects.filter(campaign__in=allowed(request.user, "results.view"))
    comment = get_object_or_404(reachable.select_related("campaign"), pk=pk)
    form = CommentDecisionForm(request.POST)
    if form.is_valid():
        decide(actor=request.user, comment=comment, show=form.cleaned_data["decision"] == "show")
        messages.success(request, _("Decision saved."))
    else:
        messages.error(request, _("Choose whether to show or to withhold the comment."))
    return redirect("feedback:comment-list", code=comment.campaign.code)


@page("questionnaire.view")
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    versions = QuestionnaireVersion.objects.select_related("questionnaire").order_by(
        "questionnaire__code", "-number"
    )
    return render(request, "feedback/questionnaire_list.html", {"versions": versions})


@page("questionnaire.view")
def questionnaire_detail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The questions as a learner sees them."""
    questionnaire = get_visible_or_404(request.user, Questionnaire, "questionnaire.view", code=code)
    version = get_object_or_404(questionnaire.versions.select_related("questionnaire"), number=number)
    sections = version.sections.prefetch_related("items")
    items = {item.code: item for section in sections for item in section.items.all()}
    context = {
        "version": version,
        "sections": [(s, [_question(item, items) for item in s.items.all()]) for s in sections],
    }
    return render(request, "feedback/questionnaire_detail.html", context)


def _campaign_or_404(request: HttpRequest, code: str) -> Campaign:
    related = Campaign.objects.select_related(
        "scope", "edition__microcredential", "questionnaire_version__questionnaire"
    )
    return get_object_or_404(allowed(request.user, "results.view", related), code=code)


def _waiting(campaign: Campaign) -> int:
    if campaign.responses_count < campaign.threshold:
        return 0
    return campaign.comments.filter(review_state=Comment.Review.PENDING).count()


def _question(item: Item, items: Mapping[str, Item]) -> dict[str, object]:
    """A question with the words of its points, and of the answers on which it depends."""
    depends_on = items.get(item.shown_if_code)
    return {
        "item": item,
        "points": [(point, _word(item, point)) for point in item.points],
        "condition": ", ".join(_word(depends_on, value) for value in item.shown_if_values)
        if depends_on
        else "",
    }


def _word(item: Item, point: int) -> str:
    """What a point is called in the reader's language; its code where it has no name."""
    labels = item.labels.get(get_language() or "es") or item.labels.get("es", {})
    return str(labels.get(str(point)) or point)
