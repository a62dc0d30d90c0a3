"""Reviewing what people wrote in their own words."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from feedback.forms.comments import CommentDecisionForm
from feedback.models import Comment
from feedback.services.comments import decide
from feedback.views.results import campaign_or_404
from iqas.core.access import allowed, require
from iqas.core.views import page


@page("comment.review")
def comment_list(request: HttpRequest, code: str) -> HttpResponse:
    """All comments of a finished campaign, for whoever decides what is shown."""
    campaign = campaign_or_404(request, code)
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
