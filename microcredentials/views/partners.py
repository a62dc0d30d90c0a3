"""The register of partners: its list, the page of one, and the forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core import clock
from iqas.core.access import can, require
from iqas.core.views import get_visible_or_404, page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from microcredentials.filters import PartnerFilter
from microcredentials.forms.partners import (
    AgreementForm,
    ContactForm,
    MergeForm,
    ParticipationForm,
    PartnerForm,
)
from microcredentials.models import Participation, Partner
from microcredentials.presenters import partners as presenters
from microcredentials.selectors import partners as selectors
from microcredentials.services import partners as services
from microcredentials.tables.partners import PartnerTable
from microcredentials.views.catalogue import visible_microcredential

WRITE = ("GET", "HEAD", "POST")


@page("partner.view")
def partner_list(request: HttpRequest) -> HttpResponse:
    create = reverse("microcredentials:partner-create") if can(request.user, "partner.edit") else ""
    actions = [Link(_("Agreements"), reverse("microcredentials:agreement-list"))]
    if can(request.user, "partner.import"):
        actions.append(Link(_("Import a list"), reverse("microcredentials:partner-import")))
    if create:
        actions.append(Link(_("New partner"), create, primary=True))
    return lists.list_page(
        request,
        queryset=selectors.listed(request.user),
        table=PartnerTable,
        filters=PartnerFilter,
        title=_("Partners"),
        intro=_(
            "Who outside the university states the need, designs, teaches, assesses, recognises or judges."
        ),
        empty=lists.Empty(
            title=_("No partners yet"),
            text=_("Employers, employment services, associations, civil society and other providers."),
            url=create,
            verb=_("New partner") if create else "",
        ),
        actions=actions,
    )


@page("partner.view")
def partner_detail(request: HttpRequest, code: str) -> HttpResponseBase:
    partner = _partner(request, code)
    if partner.merged_into is not None:
        messages.info(request, _("%(code)s was merged into this partner.") % {"code": partner.code})
        return redirect(partner.merged_into)
    return render(
        request, "microcredentials/partner_detail.html", presenters.partner_page(request.user, partner)
    )


@page("partner.edit", methods=WRITE)
def partner_create(request: HttpRequest) -> HttpResponseBase:
    form = PartnerForm(request.POST or None, initial={"country": "ES"})
    return _form_page(
        request,
        form,
        title=_("New partner"),
        cancel_url=reverse("microcredentials:partner-list"),
        save=lambda: services.add_partner(actor=request.user, **form.fields_given()),
    )


@page("partner.edit", methods=WRITE)
def partner_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    partner = _partner(request, code)
    form = PartnerForm(request.POST or None, initial=PartnerForm.initial_of(partner))
    return _form_page(
        request,
        form,
        title=_("Edit %(code)s") % {"code": partner.code},
        partner=partner,
        save=lambda: services.change_partner(
            actor=request.user, partner=partner, seen=_seen(form), **form.fields_given()
        ),
        initial_of=PartnerForm.initial_of,
    )


@page("partner.merge", methods=WRITE)
def partner_merge(request: HttpRequest, code: str) -> HttpResponseBase:
    kept = _partner(request, code)
    form = MergeForm(request.POST or None, kept=kept, user=request.user)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            services.merge_partners(actor=request.user, kept=kept, **form.cleaned_data)
            messages.success(request, _("Merged."))
            return redirect(kept)
    return forms.confirm_page(
        request,
        title=_("Merge a duplicate into %(code)s") % {"code": kept.code},
        message=kept.name,
        consequences=[
            _("Its participations, agreements and contacts become those of the partner that is kept."),
            _("Name, kind and notes of the partner that is kept stay as they are."),
            _("This cannot be undone."),
        ],
        verb=_("Merge"),
        cancel_url=kept.get_absolute_url(),
        form=form,
    )


@page("partner.edit", methods=WRITE)
def partner_agreement_add(request: HttpRequest, code: str) -> HttpResponseBase:
    partner = _partner(request, code)
    form = AgreementForm(request.POST or None, user=request.user)
    return _form_page(
        request,
        form,
        title=_("Add an agreement"),
        partner=partner,
        save=lambda: services.save_agreement(actor=request.user, partner=partner, **form.fields_given()),
    )


@page("partner.edit", methods=WRITE)
def partner_agreement_edit(request: HttpRequest, code: str, pk: UUID) -> HttpResponseBase:
    partner = _partner(request, code)
    agreement = get_object_or_404(partner.agreements, pk=pk)
    form = AgreementForm(request.POST or None, user=request.user, initial=AgreementForm.initial_of(agreement))
    return _form_page(
        request,
        form,
        title=_("Edit an agreement"),
        partner=partner,
        save=lambda: services.save_agreement(
            actor=request.user, partner=partner, agreement=agreement, seen=_seen(form), **form.fields_given()
        ),
        initial_of=AgreementForm.initial_of,
    )


@page("partner.contacts", methods=WRITE)
def partner_contact_add(request: HttpRequest, code: str) -> HttpResponseBase:
    partner = _partner(request, code)
    form = ContactForm(request.POST or None, initial={"basis_on": clock.today()})
    return _form_page(
        request,
        form,
        title=_("Add a contact"),
        partner=partner,
        save=lambda: services.save_contact(actor=request.user, partner=partner, **form.fields_given()),
    )


@page("partner.contacts", methods=WRITE)
def partner_contact_edit(request: HttpRequest, code: str, pk: UUID) -> HttpResponseBase:
    partner = _partner(request, code)
    contact = get_object_or_404(partner.contacts, pk=pk)
    form = ContactForm(request.POST or None, initial=ContactForm.initial_of(contact))
    return _form_page(
        request,
        form,
        title=_("Edit a contact"),
        partner=partner,
        save=lambda: services.save_contact(
            actor=request.user, partner=partner, contact=contact, seen=_seen(form), **form.fields_given()
        ),
        initial_of=ContactForm.initial_of,
    )


@page("partner.contacts", methods=WRITE)
def partner_contact_erase(request: HttpRequest, code: str, pk: UUID) -> HttpResponseBase:
    partner = _partner(request, code)
    contact = get_object_or_404(partner.contacts.select_related("partner"), pk=pk)
    if request.method == "POST":
        services.erase_contact(actor=request.user, contact=contact)
        messages.success(request, _("The contact is erased."))
        return redirect(partner)
    return forms.confirm_page(
        request,
        title=_("Erase a contact"),
        message=contact.name,
        consequences=[_("Name, position, e-mail and telephone are deleted. The history never held them.")],
        verb=_("Erase"),
        cancel_url=partner.get_absolute_url(),
    )


@page("partner.view")
def microcredential_partners(request: HttpRequest, code: str) -> HttpResponse:
    """Who takes part in a micro-credential, and what it stacks into."""
    context = presenters.around_page(request.user, visible_microcredential(request, code))
    return render(request, "microcredentials/microcredential_partners.html", context)


@page("microcredential.edit", methods=WRITE)
def participation_add(request: HttpRequest, code: str) -> HttpResponseBase:
    """What a partner does for a micro-credential; the partner may be new to the register."""
    microcredential = visible_microcredential(request, code)
    require(request.user, "microcredential.edit", microcredential)
    initial: dict[str, Any] = {"since": clock.today()}
    if name := request.GET.get("name", "")[:200]:
        initial |= {"new_name": name, "role": Participation.Role.NEED}
    form = ParticipationForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with forms.refusals(form), transaction.atomic():
            partner = given["partner"] or _new_partner(request.user, given)
            services.add_participation(
                actor=request.user,
                microcredential=microcredential,
                partner=partner,
                role=given["role"],
                since=given["since"],
                note=given["note"],
            )
            messages.success(request, _("Saved."))
            return redirect("microcredentials:microcredential-partners", code)
    context = {"microcredential": microcredential, "form": form}
    return render(request, "microcredentials/participation_add.html", context, status=forms.form_status(form))


@page("microcredential.edit", methods=WRITE)
def participation_remove(request: HttpRequest, code: str, pk: UUID) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    require(request.user, "microcredential.edit", microcredential)
    row: Participation = get_object_or_404(
        microcredential.participations.select_related("partner", "microcredential__scope"), pk=pk
    )
    if request.method == "POST":
        services.remove_participation(actor=request.user, participation=row)
        messages.success(request, _("Removed."))
        return redirect("microcredentials:microcredential-partners", code)
    return forms.confirm_page(
        request,
        title=_("Remove a participation"),
        message=f"{row.partner.name}: {row.get_role_display()}",
        consequences=[_("The history keeps that it was.")],
        verb=_("Remove"),
        cancel_url=microcredential.get_absolute_url(),
    )


def _new_partner(user: Any, given: dict[str, Any]) -> Partner:
    return services.add_partner(actor=user, name=given["new_name"], kind=given["new_kind"])


def _partner(request: HttpRequest, code: str) -> Partner:
    return get_visible_or_404(request.user, Partner, "partner.view", code=code)


def _seen(form: Any) -> int:
    return form.cleaned_data["seen_version"] or 0


def _form_page(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    save: Callable[[], Any],
    partner: Partner | None = None,
    cancel_url: str = "",
    initial_of: Callable[[Any], dict[str, Any]] | None = None,
) -> HttpResponseBase:
    """Any form of the register: saved, refused with its reasons, or both texts side by side."""
    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=initial_of,
        back=partner,
        template="microcredentials/partner_form.html",
        shown_with={
            "title": title,
            "partner": partner,
            "cancel_url": cancel_url or (partner.get_absolute_url() if partner else ""),
        },
    )
