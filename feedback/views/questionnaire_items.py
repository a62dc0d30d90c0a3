"""Staff pages that write the sections and questions of a draft."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.forms.questionnaires import COMMON_CODES, ConditionForm, ItemForm, SectionForm, SeenForm
from feedback.models import Item, QuestionnaireVersion, Section
from feedback.presenters.questionnaires import word
from feedback.selectors.questionnaires import common_codes
from feedback.selectors.wholeness import conditions_for, questions_of
from feedback.services import item_editing
from feedback.views.questionnaires import draft_of, refused_when_stale
from feedback.views.shared import WRITE, posted
from iqas.core.refusals import RuleViolation, StaleVersion
from iqas.core.views import page
from iqas.frameworks.selectors import assessable
from iqas.ui import conflicts, forms
from iqas.ui.once import once

POST = ("POST",)


@page("questionnaire.edit", methods=WRITE)
def section_add(request: HttpRequest, code: str, number: int) -> HttpResponse:
    version = draft_of(request, code, number)
    form = SectionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_add_section, request, version, form))
    return _form_page(request, version, form, _("New section"))


def _add_section(
    request: HttpRequest, version: QuestionnaireVersion, form: SectionForm
) -> HttpResponseRedirect:
    section = item_editing.add_section(actor=request.user, version=version, title=form.title())
    return _back(version, section)


@page("questionnaire.edit", methods=WRITE)
def section_edit(request: HttpRequest, code: str, number: int, section: UUID) -> HttpResponse:
    version = draft_of(request, code, number)
    found = get_object_or_404(version.sections, pk=section)
    form = SectionForm(posted(request), initial=SectionForm.initial_of(found, version))

    def save() -> None:
        item_editing.edit_section(
            actor=request.user,
            version=version,
            section=found,
            seen=form.cleaned_data["seen_version"],
            title=form.title(),
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=lambda current: SectionForm.initial_of(_again(found), current),
        back=_place(version, found),
        template="feedback/questionnaire_form.html",
        shown_with={"version": version, "title": _("Title of the section")},
    )


@page("questionnaire.edit", methods=POST)
def section_move(request: HttpRequest, code: str, number: int, section: UUID) -> HttpResponse:
    version = draft_of(request, code, number)
    found = get_object_or_404(version.sections, pk=section)
    return _move(request, version, found, partial(item_editing.move_section, section=found))


@page("questionnaire.edit", methods=WRITE)
def section_remove(request: HttpRequest, code: str, number: int, section: UUID) -> HttpResponse:
    version = draft_of(request, code, number)
    found = get_object_or_404(version.sections, pk=section)
    form = SeenForm(posted(request), initial={"seen_version": version.version})
    if request.method == "POST" and form.is_valid():
        with refused_when_stale(form, version):
            item_editing.remove_section(actor=request.user, version=version, section=found, seen=form.seen)
            return redirect(version)
    codes = found.items.order_by("order").values_list("code", flat=True)
    gone = _("Its questions go with it: %(codes)s.") % {"codes": ", ".join(codes)} if codes else ""
    return forms.confirm_page(
        request,
        form=form,
        title=_("Remove the section “%(section)s”") % {"section": found.title},
        message=version.title,
        verb=gettext_lazy("Remove"),
        cancel_url=_place(version, found),
        consequences=[gone] if gone else [],
        about=version,
    )


@page("questionnaire.edit", methods=WRITE)
def item_add(request: HttpRequest, code: str, number: int, section: UUID) -> HttpResponse:
    version = draft_of(request, code, number)
    found = get_object_or_404(version.sections, pk=section)
    form = ItemForm(posted(request), **_choices(version, found))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_add_item, request, version, found, form))
    return _form_page(request, version, form, _("New question in “%(section)s”") % {"section": found.title})


def _add_item(
    request: HttpRequest, version: QuestionnaireVersion, section: Section, form: ItemForm
) -> HttpResponseRedirect:
    item = item_editing.add_item(actor=request.user, version=version, section=section, terms=form.terms())
    messages.success(request, _("%(code)s was added.") % {"code": item.code})
    return _back(version, item)


@page("questionnaire.edit", methods=WRITE)
def item_edit(request: HttpRequest, code: str, number: int, item: str) -> HttpResponse:
    version = draft_of(request, code, number)
    found = _item(version, item)
    form = ItemForm(
        posted(request),
        initial=ItemForm.initial_of(found, version),
        **_choices(version, found.section, but=found),
    )

    def save() -> Any:
        edited = item_editing.edit_item(
            actor=request.user,
            version=version,
            item=found,
            seen=form.cleaned_data["seen_version"],
            terms=form.terms(),
        )
        return _place(version, edited)

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=lambda current: ItemForm.initial_of(_again(found), current),
        template="feedback/questionnaire_form.html",
        shown_with=_shown(version, _("Question %(code)s") % {"code": item}),
    )


@page("questionnaire.edit", methods=WRITE)
def item_condition(request: HttpRequest, code: str, number: int, item: str) -> HttpResponse:
    """Who is asked: the other question is chosen first (`?on=A1`), then its answers."""
    version = draft_of(request, code, number)
    found, items = _item(version, item), questions_of(version)
    candidates = conditions_for(found, items)
    wanted = request.GET.get("on", "") or found.shown_if_code
    on = next((one for one in candidates if one.code == wanted), None)
    answers = [(point, word(on, point)) for point in on.points] if on else []
    clearing = "everybody" in request.POST
    initial = {"seen_version": version.version, "values": _chosen(found, on)}
    form = ConditionForm(posted(request), initial=initial, answers=answers)
    if clearing:
        form.fields["values"].required = False

    def save() -> Any:
        item_editing.set_condition(
            actor=request.user,
            version=version,
            item=found,
            seen=form.cleaned_data["seen_version"],
            on="" if clearing or on is None else on.code,
            values=[] if clearing else form.cleaned_data["values"],
        )
        return _place(version, found)

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=lambda current: {
            "seen_version": current.version,
            "values": _chosen(_again(found), on),
        },
        template="feedback/questionnaire_condition.html",
        shown_with={"version": version, "item": found, "candidates": candidates, "on": on},
    )


@page("questionnaire.edit", methods=POST)
def item_move(request: HttpRequest, code: str, number: int, item: str) -> HttpResponse:
    version = draft_of(request, code, number)
    found = _item(version, item)
    return _move(request, version, found, partial(item_editing.move_item, item=found))


@page("questionnaire.edit", methods=WRITE)
def item_remove(request: HttpRequest, code: str, number: int, item: str) -> HttpResponse:
    version = draft_of(request, code, number)
    found = _item(version, item)
    form = SeenForm(posted(request), initial={"seen_version": version.version})
    if request.method == "POST" and form.is_valid():
        with refused_when_stale(form, version):
            item_editing.remove_item(actor=request.user, version=version, item=found, seen=form.seen)
            return redirect(_place(version, found.section))
    depend = [one.code for one in version.items.filter(shown_if_code=found.code).order_by("order")]
    return forms.confirm_page(
        request,
        form=form,
        title=_("Remove the question %(code)s") % {"code": found.code},
        message=found.text,
        verb=gettext_lazy("Remove"),
        cancel_url=_place(version, found),
        consequences=[
            _("From this version on there are no answers to it; those to earlier versions stay."),
            *([_("These depend on it: %(codes)s.") % {"codes": ", ".join(depend)}] if depend else []),
        ],
        about=version,
    )


def _item(version: QuestionnaireVersion, code: str) -> Item:
    return get_object_or_404(version.items.select_related("section"), code=code)


def _again(row: Any) -> Any:
    """The row as it is stored now; refused where it was removed meanwhile."""
    found = type(row).objects.filter(pk=row.pk).first()
    if found is None:
        raise RuleViolation("item-gone", _("Somebody else removed this in the meantime."))
    return found


def _chosen(item: Item, on: Item | None) -> list[int]:
    return list(item.shown_if_values) if on is not None and item.shown_if_code == on.code else []


def _choices(version: QuestionnaireVersion, section: Section, *, but: Item | None = None) -> dict[str, Any]:
    """What the form of a question offers."""
    ratings = section.items.filter(kind=Item.Kind.LIKERT, importance_of="").order_by("order")
    return {
        "criteria": assessable(),
        "ratings": list(ratings.exclude(pk=but.pk) if but is not None else ratings),
    }


def _move(request: HttpRequest, version: QuestionnaireVersion, row: Any, move: Any) -> HttpResponse:
    form = SeenForm(request.POST)
    seen = form.seen if form.is_valid() else 0
    try:
        move(actor=request.user, version=version, seen=seen, up="up" in request.POST)
    except StaleVersion:
        messages.warning(request, _("Somebody else changed the draft in the meantime: nothing was moved."))
    return _back(version, row)


def _place(version: QuestionnaireVersion, row: Item | Section) -> str:
    """Where a question or section stands on the page of its version."""
    anchor = f"q-{row.code}" if isinstance(row, Item) else f"section-{row.pk}"
    return f"{version.get_absolute_url()}#{anchor}"


def _back(version: QuestionnaireVersion, row: Item | Section) -> HttpResponseRedirect:
    return redirect(_place(version, row))


def _shown(version: QuestionnaireVersion, title: str) -> dict[str, Any]:
    return {"version": version, "title": title, "list_id": COMMON_CODES, "suggested": common_codes()}


def _form_page(request: HttpRequest, version: QuestionnaireVersion, form: Any, title: str) -> HttpResponse:
    return render(
        request, "feedback/questionnaire_form.html", _shown(version, title) | {"form": form},
        status=forms.form_status(form),
    )  # fmt: skip
