"""The right of reply: staff ask a teacher; the teacher reads and answers behind a personal link."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from feedback.forms.comments import ReplyForm, ReplyInviteForm
from feedback.models import ReplyLink, TeacherReply
from feedback.selectors.replies import answerable, door_of, find_link, seen_of
from feedback.services import replies
from feedback.views.results import campaign_or_404
from feedback.views.shared import WRITE, posted
from iqas.core import clock
from iqas.core.access import allowed, require
from iqas.core.views import page, public
from iqas.organisation.models import University
from iqas.ui import forms

COOKIE = "reply_token"
COOKIE_SECONDS = 4 * 60 * 60
USUAL_DAYS = 10
REASON = "a teacher has a personal link and no account"
STATUS = {"early": 403, "over": 410}


@page("reply.invite", methods=WRITE)
def reply_add(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_or_404(request, code)
    require(request.user, "reply.invite", campaign)
    initial = {"closes": clock.today() + dt.timedelta(days=USUAL_DAYS)}
    form = ReplyInviteForm(posted(request), campaign=campaign, initial=initial)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            replies.invite_reply(actor=request.user, campaign=campaign, **form.cleaned_data)
            messages.success(request, _("The link is on its way."))
            return redirect("feedback:comment-list", code=campaign.code)
    context = {"form": form, "campaign": campaign}
    return render(request, "feedback/reply_add.html", context, status=forms.form_status(form))


@page("reply.invite", methods=WRITE)
def reply_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Before it, what it means: whoever has the link can no longer read."""
    reachable = ReplyLink.objects.filter(campaign__in=allowed(request.user, "results.view"))
    link = get_object_or_404(reachable.select_related("campaign__scope"), pk=pk)
    require(request.user, "reply.invite", link.campaign)
    return forms.confirm_step(
        request,
        forms.ConfirmForm(posted(request)),
        partial(replies.withdraw_reply, actor=request.user, link=link),
        said=_("The link was taken back."),
        back=reverse("feedback:comment-list", args=[link.campaign.code]),
        title=_("Take back the link of %(name)s") % {"name": link.name},
        message=_("It opens nothing from now on, and the comments need not wait for its last day."),
        verb=_("Take back the link"),
    )


@page("reply.invite", methods=("POST",))
def reply_publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Shows a reply beside the comments, or no longer."""
    reachable = TeacherReply.objects.filter(link__campaign__in=allowed(request.user, "results.view"))
    reply = get_object_or_404(reachable.select_related("link__campaign__scope"), pk=pk)
    shown = request.POST.get("shown") == "1"
    replies.publish_reply(actor=request.user, reply=reply, seen=request.POST.get("seen", ""), shown=shown)
    messages.success(request, _("Saved."))
    return redirect("feedback:comment-list", code=reply.link.campaign.code)


@public(REASON)
@sensitive_variables("token")
def reply_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Moves the token from the address into a cookie."""
    response = redirect("survey:reply-write")
    response["Referrer-Policy"] = "no-referrer"
    response.set_cookie(
        COOKIE,
        token[:64],
        max_age=COOKIE_SECONDS,
        path=reverse("survey:reply-write"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@public(REASON, methods=WRITE)
def reply_write(request: HttpRequest) -> HttpResponse:
    """The comments that will be shown, each with a place for a reply."""
    link = find_link(request.COOKIES.get(COOKIE, ""))
    if link is None:
        return _door(request, None, "unknown", 404)
    door = door_of(link)
    if door != "open":
        return _door(request, link, door, STATUS[door])
    replies.note_read(link=link)
    to_all, rows = answerable(link)
    initial = {"seen": seen_of(link), "to_all": to_all}
    initial |= {f"reply-{row.comment.pk}": row.reply for row in rows}
    form = ReplyForm(posted(request), rows=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            replies.answer(link=link, **form.written())
            return redirect(f"{reverse('survey:reply-write')}?saved=1")
    context = {
        "university": University.objects.first(),
        "link": link,
        "form": form,
        "saved": "saved" in request.GET and not form.is_bound,
        "rows": [(row.comment, form[f"reply-{row.comment.pk}"]) for row in rows],
    }
    return render(request, "feedback/reply_write.html", context, status=forms.form_status(form))


def _door(request: HttpRequest, link: ReplyLink | None, door: str, status: int) -> HttpResponse:
    context = {"link": link, "door": door, "university": University.objects.first()}
    return render(request, "feedback/reply_closed.html", context, status=status)
