"""Staff pages of questionnaires: the list, the versions of one, a version, and its life as a draft."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.forms.questionnaires import HeadingForm, QuestionnaireForm, SeenForm
from feedback.models import Questionnaire, QuestionnaireVersion
from feedback.presenters.questionnaires import questionnaire_page, version_page
from feedback.selectors.questionnaire_differences import differences
from feedback.selectors.questionnaires import listed
from feedback.selectors.wholeness import advice_on
from feedback.services import drafting
from feedback.tables.questionnaires import QuestionnaireSift, QuestionnaireTable
from feedback.views.shared import WRITE, posted
from iqas.core.access import can, require
from iqas.core.refusals import StaleVersion
from iqas.core.views import get_visible_or_404, page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from iqas.ui.once import once


@page("questionnaire.view")
def questionnaire_list(request: HttpRequest) -> HttpResponseBase:
    form = QuestionnaireSift(request.GET)
    may_add = bool(can(request.user, "questionnaire.edit"))
    add = reverse("feedback:questionnaire-add") if may_add else ""
    return lists.list_page(
        request,
        queryset=[],
        table=QuestionnaireTable,
        filters=lists.Sifted(form, form.kept(listed())),
        title=_("Questionnaires"),
        intro=_(
            "Questionnaires come as packs or are written here, in versions. Once published, the questions of a version "
            "never change."
        ),
        empty=lists.Empty(
            title=_("No questionnaires yet"),
            text=_("They are loaded with: manage.py load_packs"),
            url=add,
            verb=_("New questionnaire") if add else "",
        ),
        actions=(Link(_("New questionnaire"), add, primary=True),) if add else (),
    )


@page("questionnaire.view")
def questionnaire_versions(request: HttpRequest, code: str) -> HttpResponse:
    context = questionnaire_page(request.user, questionnaire_of(request, code))
    return render(request, "feedback/questionnaire_versions.html", context)


@page("questionnaire.view")
def questionnaire_detail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version: its questions, and for a draft what may be done with them."""
    context = version_page(request.user, version_of(request, code, number))
    return render(request, "feedback/questionnaire_detail.html", context)


@page("questionnaire.view")
def questionnaire_compare(request: HttpRequest, code: str) -> HttpResponse:
    """`?before=1&after=2`; without them, the last two."""
    questionnaire = questionnaire_of(request, code)
    versions = list(questionnaire.versions.select_related("questionnaire").order_by("number"))
    if not versions:
        raise Http404
    numbers = {str(version.number): version for version in versions}
    after = numbers.get(request.GET.get("after", ""), versions[-1])
    before = numbers.get(request.GET.get("before", ""), versions[max(versions.index(after) - 1, 0)])
    context = {
        "questionnaire": questionnaire,
        "versions": versions,
        "before": before,
        "after": after,
        "found": differences(before, after),
    }
    return render(request, "feedback/questionnaire_compare.html", context)


@page("questionnaire.edit", methods=WRITE)
def questionnaire_add(request: HttpRequest) -> HttpResponse:
    form = QuestionnaireForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_add, request, form))
    return render(request, "feedback/questionnaire_add.html", {"form": form}, status=forms.form_status(form))


def _add(request: HttpRequest, form: QuestionnaireForm) -> HttpResponseRedirect:
    given = form.cleaned_data
    version = drafting.create_questionnaire(
        actor=request.user,
        code=given["code"],
        audience=given["audience"],
        about_persons=given["about_persons"],
        heading=form.heading(),
    )
    messages.success(request, _("%(code)s is begun. Add its sections next.") % {"code": version})
    return redirect(version)


@page("questionnaire.edit", methods=WRITE)
def questionnaire_begin(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The next version, from this one."""
    version = version_of(request, code, number)
    require(request.user, "questionnaire.edit", version.questionnaire)
    if request.method == "POST":
        made = drafting.begin_version(actor=request.user, version=version)
        messages.success(request, _("%(version)s is begun, with the same questions.") % {"version": made})
        return redirect(made)
    return forms.confirm_page(
        request,
        title=_("New version of %(code)s") % {"code": code},
        message=version.title,
        verb=gettext_lazy("Begin it"),
        cancel_url=version.get_absolute_url(),
        consequences=[
            _("It begins as a draft with the questions and codes of version %(number)s.")
            % {"number": number},
            _("What is asked with the versions before stays as it is."),
            _(
                "A question that keeps its code is compared over the years; another question takes a new code."
            ),
        ],
        danger=False,
        about=version,
    )


@page("questionnaire.edit", methods=WRITE)
def questionnaire_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Title, introduction and source of a draft."""
    version = draft_of(request, code, number)
    form = HeadingForm(posted(request), initial=HeadingForm.initial_of(version))

    def save() -> None:
        drafting.edit_version(
            actor=request.user,
            version=version,
            seen=form.cleaned_data["seen_version"],
            heading=form.heading(),
            about_persons=form.cleaned_data["about_persons"],
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=HeadingForm.initial_of,
        back=version,
        template="feedback/questionnaire_form.html",
        shown_with={"version": version, "title": _("Title and introduction")},
    )


@page("questionnaire.edit", methods=WRITE)
def questionnaire_publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    version = draft_of(request, code, number)
    form = SeenForm(posted(request), initial={"seen_version": version.version})
    if request.method == "POST" and form.is_valid():
        with refused_when_stale(form, version):
            drafting.publish_version(actor=request.user, version=version, seen=form.seen)
            messages.success(request, _("%(version)s is published: it can be asked.") % {"version": version})
            return redirect(version)
    return forms.confirm_page(
        request,
        form=form,
        title=_("Publish %(version)s") % {"version": version},
        message=version.title,
        verb=gettext_lazy("Publish"),
        cancel_url=version.get_absolute_url(),
        consequences=[
            _("New campaigns ask this version; opening rules too, from the next one they open."),
            _("Its questions never change again."),
            *(one.message for one in advice_on(version)),
        ],
        danger=False,
        about=version,
    )


@page("questionnaire.edit", methods=WRITE)
def questionnaire_discard(request: HttpRequest, code: str, number: int) -> HttpResponse:
    version = draft_of(request, code, number)
    form = SeenForm(posted(request), initial={"seen_version": version.version})
    only = version.questionnaire.versions.count() == 1
    if request.method == "POST" and form.is_valid():
        with refused_when_stale(form, version):
            drafting.discard_version(actor=request.user, version=version, seen=form.seen)
            messages.success(request, _("The draft was discarded."))
            return redirect("feedback:questionnaire-list") if only else redirect(version.questionnaire)
    return forms.confirm_page(
        request,
        form=form,
        title=_("Discard %(version)s") % {"version": version},
        message=version.title,
        verb=gettext_lazy("Discard"),
        cancel_url=version.get_absolute_url(),
        consequences=[
            _("Its sections and questions are removed; the history keeps what they said."),
            *([_("It is the only version: the questionnaire goes with it.")] if only else []),
        ],
        about=version,
    )


def questionnaire_of(request: HttpRequest, code: str) -> Questionnaire:
    return get_visible_or_404(request.user, Questionnaire, "questionnaire.view", code=code)


def version_of(request: HttpRequest, code: str, number: int) -> QuestionnaireVersion:
    questionnaire = questionnaire_of(request, code)
    versions = questionnaire.versions.select_related("questionnaire", "based_on__questionnaire", "created_by")
    return get_object_or_404(versions, number=number)


def draft_of(request: HttpRequest, code: str, number: int) -> QuestionnaireVersion:
    """A version that may be changed; a published one is refused, and what may not be edited at all is 403."""
    version = version_of(request, code, number)
    require(request.user, "questionnaire.edit", version.questionnaire)
    drafting.refuse_published(version)
    return version


@contextmanager
def refused_when_stale(form: SeenForm, version: QuestionnaireVersion) -> Iterator[None]:
    """A step that was confirmed on what somebody changed meanwhile is asked again, on what is there now."""
    try:
        with forms.refusals(form):
            yield
    except StaleVersion as stale:
        form.add_error(
            None,
            _("Somebody else changed %(version)s in the meantime: look at it again.") % {"version": version},
        )
        form.data = form.data.copy()
        form.data["seen_version"] = str(stale.current.version)
