"""Staff pages of themes: what comments may be about."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.forms.comments import ThemeForm
from feedback.models import Theme
from feedback.selectors.reach import scopes_of
from feedback.selectors.themes import themes_of
from feedback.services import themes
from feedback.tables.comments import ThemeFilter, ThemeTable
from feedback.views.shared import WRITE, posted
from iqas.core.access import allowed
from iqas.core.views import page
from iqas.ui import forms, lists
from iqas.ui.components import Link


@page("theme.edit")
def theme_list(request: HttpRequest) -> HttpResponseBase:
    add = reverse("feedback:theme-add")
    return lists.list_page(
        request,
        queryset=themes_of(request.user),
        table=ThemeTable,
        filters=ThemeFilter,
        title=_("Themes of comments"),
        empty=lists.Empty(
            title=_("No themes yet"),
            text=_("A theme says what comments are about, such as “timetable”, so that they can be counted."),
            url=add,
            verb=_("Add a theme"),
        ),
        actions=(Link(_("Add a theme"), add, primary=True),),
    )


@page("theme.edit", methods=WRITE)
def theme_add(request: HttpRequest) -> HttpResponse:
    form = ThemeForm(posted(request), scopes=scopes_of(request.user, "theme.edit"))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            themes.add_theme(actor=request.user, **form.cleaned_data)
            return redirect("feedback:theme-list")
    context = {"form": form, "title": _("Add a theme")}
    return render(request, "feedback/theme_edit.html", context, status=forms.form_status(form))


@page("theme.edit", methods=WRITE)
def theme_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    theme: Theme = get_object_or_404(allowed(request.user, "theme.edit").select_related("scope"), pk=pk)
    initial = {"seen": theme.name, "name": theme.name, "is_active": theme.is_active}
    form = ThemeForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            themes.change_theme(actor=request.user, theme=theme, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("feedback:theme-list")
    context = {"form": form, "title": theme.name}
    return render(request, "feedback/theme_edit.html", context, status=forms.form_status(form))
