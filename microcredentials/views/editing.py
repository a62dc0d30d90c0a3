"""Creating a micro-credential, approving its version, beginning the next one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iqas.core.access import allowed, require
from iqas.core.views import page
from iqas.ui import forms
from microcredentials.forms import CreateForm
from microcredentials.sections import SECTIONS
from microcredentials.services import proposals
from microcredentials.views.catalogue import visible_microcredential

WRITE = ("GET", "HEAD", "POST")


@page("microcredential.create", methods=WRITE)
def microcredential_create(request: HttpRequest) -> HttpResponseBase:
    centres = allowed(request.user, "microcredential.create").order_by("sort_name")
    form = CreateForm(request.POST or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            microcredential = proposals.create_microcredential(actor=request.user, **form.cleaned_data)
            messages.success(
                request,
                _("%(code)s is created. Write its proposal section by section.")
                % {"code": microcredential.code},
            )
            return redirect("microcredentials:section-edit", microcredential.code, SECTIONS[0].code)
    context = {"form": form}
    return render(
        request, "microcredentials/microcredential_create.html", context, status=forms.form_status(form)
    )


@page("microcredential.edit", methods=WRITE)
def version_begin(request: HttpRequest, code: str) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    require(request.user, "microcredential.edit", microcredential)
    if request.method == "POST":
        version = proposals.begin_version(actor=request.user, microcredential=microcredential)
        return redirect("microcredentials:version-detail", microcredential.code, version.number)
    return forms.confirm_page(
        request,
        title=_("Begin the next version of %(code)s") % {"code": code},
        message=_(
            "The next version begins as a copy. The approved one stays in force until the next is approved."
        ),
        verb=_("Begin the next version"),
        cancel_url=microcredential.get_absolute_url(),
        danger=False,
    )
