"""Reviewing what people wrote in their own words: the queue, one campaign, one comment after the other."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.forms.comments import CALM, THEMES, URGENT, DecisionForm, PublishForm
from feedback.models import Campaign, Comment
from feedback.presenters import comments as presenters
from feedback.selectors.comments import all_seen_of, progress_of, queue_of
from feedback.selectors.themes import themes_for
from feedback.services import comments
from feedback.services.themes import give_themes
from feedback.tables.comments import CommentQueueFilter, CommentQueueTable
from feedback.views.results import campaign_or_404
from feedback.views.shared import WRITE
from iqas.core.access import allowed, require
from iqas.core.refusals import RuleViolation
from iqas.core.views import page
from iqas.ui import forms, lists
from iqas.ui.components import Link

CHANGED = ("comment-changed", "themes-changed")


@page("comment.review")
def comment_queue(request: HttpRequest) -> HttpResponseBase:
    """All campaigns with comments that the person reviews."""
    return lists.list_page(
        request,
        queryset=queue_of(request.user),
        table=CommentQueueTable,
        filters=CommentQueueFilter,
        title=_("Review of comments"),
        intro=_(
            "Finished campaigns that enough people answered. Nobody else reads a comment before you decide."
        ),
        empty=lists.Empty(
            title=_("No comments to review"),
            text=_("They appear here when a campaign is finished and enough people answered."),
        ),
        actions=(Link(_("Themes"), reverse("feedback:theme-list")),),
    )


@page("comment.review")
def comment_list(request: HttpRequest, code: str) -> HttpResponse:
    """All comments of a finished campaign, for whoever decides what is shown."""
    campaign = _reviewed_campaign(request, code)
    return render(request, "feedback/comment_list.html", presenters.all_of(campaign))


@page("results.view")
def comment_read(request: HttpRequest, code: str) -> HttpResponse:
    """What people wrote, as far as it was decided to show it and this reader was named to them."""
    campaign = campaign_or_404(request, code)
    context = presenters.to_read(campaign, request.user)
    return render(request, "feedback/comment_read.html", context)


@page("comment.review")
def comment_review(request: HttpRequest, code: str) -> HttpResponse:
    """One comment with everything that can be done to it; by keyboard, one after the other."""
    campaign = _reviewed_campaign(request, code)
    query = request.GET
    context = presenters.one_of(campaign, at=query.get("at", ""), after=query.get("after", ""))
    if "reviewed" not in context:
        return redirect("feedback:comment-list", code=campaign.code)
    return render(request, "feedback/comment_review.html", context)


@page("comment.review", methods=("POST",))
def comment_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decides one comment, and goes on to the next or back to them all."""
    reachable = Comment.objects.filter(campaign__in=allowed(request.user, "results.view"))
    comment = get_object_or_404(reachable.select_related("campaign__scope"), pk=pk)
    require(request.user, "comment.review", comment.campaign)
    form = DecisionForm(request.POST, themes=themes_for(comment.campaign))
    if form.is_valid():
        try:
            with transaction.atomic():
                _take(request.user, comment, form)
            return redirect(_after(comment, form))
        except RuleViolation as refusal:
            if refusal.field is None and refusal.code not in CHANGED:
                raise
            form.add_error(refusal.field, forms.forms.ValidationError(str(refusal.message), refusal.code))
    elif "decision" in form.errors:
        form.add_error(None, _("Choose what becomes of the comment."))
    campaign = campaign_or_404(request, comment.campaign.code)
    context = presenters.one_of(campaign, at=str(pk), form=form)
    changed = any(form.has_error("__all__", code) for code in CHANGED)
    return render(request, "feedback/comment_review.html", context, status=409 if changed else 422)


@page("comment.review", methods=WRITE)
def comment_publish(request: HttpRequest, code: str) -> HttpResponse:
    """The last look before the readers read them and the review is closed."""
    campaign = _reviewed_campaign(request, code)
    progress = progress_of(campaign)
    return forms.confirm_step(
        request,
        PublishForm(forms.posted(request), initial={"seen": all_seen_of(campaign)}),
        lambda seen: comments.publish_comments(actor=request.user, campaign=campaign, seen=seen),
        said=_("The comments are published."),
        back=reverse("feedback:comment-list", args=[campaign.code]),
        title=_("Publish the comments of %(code)s") % {"code": campaign.code},
        message=campaign.title,
        verb=_("Publish the comments"),
        consequences=[
            _("Their readers read them: %(count)s comments.") % {"count": progress.shown},
            _("No teacher can be asked to reply any more."),
            _("What was withheld is destroyed: %(count)s comments.") % {"count": progress.withheld},
            _("What stood in the removed passages is destroyed."),
            _("Decisions cannot be changed any more."),
        ],
    )


def _take(actor: Any, comment: Comment, form: DecisionForm) -> None:
    decision, seen = form.cleaned_data["decision"], form.cleaned_data["seen"]
    themed = form.themed()
    if themed is not None:
        give_themes(actor=actor, comment=comment, **themed)
    if decision in (URGENT, CALM):
        comments.flag(actor=actor, comment=comment, urgent=decision == URGENT, seen=seen)
    elif decision != THEMES:
        comments.decide(actor=actor, comment=comment, **form.decided())


def _after(comment: Comment, form: DecisionForm) -> str:
    """To the next that waits; to the same one where the reviewer took something back or flagged it."""
    code = comment.campaign.code
    if not form.cleaned_data["quick"]:
        return reverse("feedback:comment-list", args=[code])
    stays = form.cleaned_data["decision"] in (URGENT, CALM, THEMES, comments.UNDO)
    query = urlencode({"at": comment.pk} if stays else {"after": comment.pk})
    return f"{reverse('feedback:comment-review', args=[code])}?{query}"


def _reviewed_campaign(request: HttpRequest, code: str) -> Campaign:
    campaign = campaign_or_404(request, code)
    require(request.user, "comment.review", campaign)
    return campaign
