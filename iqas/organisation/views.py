"""Settings of the university; its centres; its academic years."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.core.access import allowed, can, require
from iqas.core.files import open_stored
from iqas.core.views import page, public
from iqas.organisation import scope_switch, services
from iqas.organisation.forms import CentreEditForm, CentreForm, ScopeForm, UniversityForm, YearForm
from iqas.organisation.logo import keep_logo
from iqas.organisation.models import AcademicYear, Centre, University
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from iqas.ui.history import history_entries

WRITE = ("GET", "HEAD", "POST")
SENTENCES = {
    "university.begun": gettext_lazy("began the university"),
    "university.changed": gettext_lazy("changed the settings"),
    "centre.added": gettext_lazy("added it"),
    "centre.changed": gettext_lazy("changed it"),
    "catalogue.imported": gettext_lazy("imported a catalogue"),
    "partners.imported": gettext_lazy("imported a list of partners"),
    "enrolments.imported": gettext_lazy("imported enrolments"),
}
OTHER_FIELDS = {
    "name_es": gettext_lazy("Name (Spanish)"),
    "name_en": gettext_lazy("Name (English)"),
    "logo_sha256": gettext_lazy("Logo"),
    "file": gettext_lazy("File"),
    "sha256": gettext_lazy("SHA-256"),
    "rows": gettext_lazy("Rows"),
    "created": gettext_lazy("Created"),
    "updated": gettext_lazy("Updated"),
    "learners_created": gettext_lazy("New people"),
    "learners_updated": gettext_lazy("People corrected"),
    "editions": gettext_lazy("Editions"),
    "drafts": gettext_lazy("Drafts are accepted"),
}


class CentreTable(lists.Table):
    code = lists.CodeColumn(
        linkify=("organisation:centre-detail", {"code": lists.tables.A("code")}),
        verbose_name=gettext_lazy("Code"),
    )
    name = lists.Column(order_by="sort_name", verbose_name=gettext_lazy("Name"), attrs=lists.WIDE)
    kind = lists.Column(accessor="get_kind_display", order_by="kind", verbose_name=gettext_lazy("Kind"))

    class Meta(lists.Table.Meta):
        model = Centre
        fields = ("code", "name", "kind")


class YearTable(lists.Table):
    code = lists.Column(verbose_name=gettext_lazy("Academic year"))
    starts = lists.DayColumn(verbose_name=gettext_lazy("First day"))
    ends = lists.DayColumn(verbose_name=gettext_lazy("Last day"))

    class Meta(lists.Table.Meta):
        model = AcademicYear
        fields = ("code", "starts", "ends")
        order_by = "-starts"


class CentreFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_name", "code"))

    class Meta:
        model = Centre
        fields = ("q",)


@page("organisation.view")
def university_show(request: HttpRequest) -> HttpResponse:
    university = University.current()
    context = {
        "university": university,
        "may_change": bool(can(request.user, "organisation.change", university.scope)),
        "centres": allowed(request.user, "centre.view").count(),
        "years": AcademicYear.objects.count(),
        "entries": history_entries(university, SENTENCES, _labels())
        if _sees_all(request.user, university)
        else [],
    }
    return render(request, "organisation/university_show.html", context)


@page("organisation.change", methods=WRITE)
def university_edit(request: HttpRequest) -> HttpResponseBase:
    university = University.current()
    require(request.user, "organisation.change", university.scope)
    form = UniversityForm(request.POST or None, request.FILES or None, instance=University.current())

    def save() -> None:
        decided = form.decided()
        if form.cleaned_data["logo"]:
            logo = keep_logo(form.cleaned_data["logo"])
            decided |= {"logo_sha256": logo.sha256, "logo_media_type": logo.media_type}
        seen = form.cleaned_data["seen_version"]
        try:
            services.change_university(actor=request.user, seen_version=seen, **decided)
        except ValidationError as invalid:
            form.add_error(None, invalid)

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=UniversityForm.initial_of,
        back="organisation:university-show",
        template="organisation/university_edit.html",
        shown_with={},
    )


@public("who answers a survey or verifies a dossier sees whose page it is")
def university_logo(request: HttpRequest, sha256: str) -> FileResponse:
    """The present logo, under an address that never means another picture; no other file of the store."""
    university = University.objects.exclude(logo_sha256="").filter(logo_sha256=sha256).first()
    if university is None:
        raise Http404
    response = FileResponse(open_stored(sha256), content_type=university.logo_media_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page("centre.view")
def centre_list(request: HttpRequest) -> HttpResponse:
    add = reverse("organisation:centre-create") if can(request.user, "organisation.change") else ""
    return lists.list_page(
        request,
        queryset=allowed(request.user, "centre.view"),
        table=CentreTable,
        filters=CentreFilter,
        title=_("Centres"),
        empty=lists.Empty(
            title=_("No centres yet"),
            text=_(
                "A centre is any unit of the university that offers micro-credentials (RD 822/2021 art. 37.2)."
            ),
            url=add,
            verb=_("Add a centre") if add else "",
        ),
        actions=(Link(_("Add a centre"), add, primary=True),) if add else (),
    )


@page("centre.view")
def centre_detail(request: HttpRequest, code: str) -> HttpResponse:
    centre = _centre(request, code)
    context = {
        "centre": centre,
        "may_change": bool(can(request.user, "organisation.change", centre.scope)),
        "entries": history_entries(centre, SENTENCES, _labels()),
    }
    return render(request, "organisation/centre_detail.html", context)


@page("organisation.change", methods=WRITE)
def centre_create(request: HttpRequest) -> HttpResponseBase:
    require(request.user, "organisation.change", University.current().scope)
    form = CentreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            centre = services.add_centre(actor=request.user, **form.cleaned_data)
            messages.success(request, _("%(name)s is added.") % {"name": centre.name})
            return redirect("organisation:centre-detail", centre.code)
    return render(request, "organisation/centre_create.html", {"form": form}, status=forms.form_status(form))


@page("organisation.change", methods=WRITE)
def centre_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    centre = _centre(request, code)
    require(request.user, "organisation.change", centre.scope)
    form = CentreEditForm(request.POST or None, initial=CentreEditForm.initial_of(centre))

    def save() -> Centre:
        wanted = {name: form.cleaned_data[name] for name in ("name_es", "name_en", "kind", "municipality")}
        seen = form.cleaned_data["seen_version"]
        return services.change_centre(actor=request.user, centre=centre, seen=seen, **wanted)

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=CentreEditForm.initial_of,
        back=reverse("organisation:centre-detail", args=[centre.code]),
        template="organisation/centre_edit.html",
        shown_with={"centre": centre},
    )


@page("organisation.view")
def year_list(request: HttpRequest) -> HttpResponse:
    add = reverse("organisation:year-create") if can(request.user, "organisation.change") else ""
    return lists.list_page(
        request,
        queryset=AcademicYear.objects.all(),
        table=YearTable,
        title=_("Academic years"),
        empty=lists.Empty(
            title=_("No academic years yet"),
            text=_("Years are made with the first edition in them."),
            url=add,
            verb=_("Add a year") if add else "",
        ),
        actions=(Link(_("Add a year"), add, primary=True),) if add else (),
    )


@page("organisation.change", methods=WRITE)
def year_create(request: HttpRequest) -> HttpResponseBase:
    require(request.user, "organisation.change", University.current().scope)
    form = YearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            year = services.add_year(actor=request.user, date=form.cleaned_data["date"])
            messages.success(request, _("The year %(code)s is there.") % {"code": year.code})
            return redirect("organisation:year-list")
    return render(request, "organisation/year_create.html", {"form": form}, status=forms.form_status(form))


def _centre(request: HttpRequest, code: str) -> Centre:
    found: Centre | None = (
        allowed(request.user, "centre.view").select_related("scope").filter(code=code).first()
    )
    if found is None:
        raise Http404
    return found


def _sees_all(user: Any, university: University) -> bool:
    return bool(can(user, "organisation.view", university.scope))


def _labels() -> dict[str, Any]:
    labels: dict[str, Any] = dict(OTHER_FIELDS)
    for model in (University, Centre):
        for field in model._meta.concrete_fields:
            labels.setdefault(field.name, str(field.verbose_name).capitalize())
    return labels


@page("organisation.view", methods=("POST",))
def scope_choose(request: HttpRequest) -> HttpResponse:
    """The scope switch of the top bar: kept for this session, then back to the page, which begins with it."""
    form = ScopeForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Http404
    scope_switch.keep(request, form.choice())
    return redirect(form.back(request))
