"""The list of micro-credentials, the page of one, and the page of one of its versions."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import allowed, can
from iqas.core.views import page
from iqas.ui import lists
from iqas.ui.components import Link
from microcredentials.filters import MicroCredentialFilter
from microcredentials.models import MicroCredential
from microcredentials.presenters import microcredentials as presenters
from microcredentials.reading import read
from microcredentials.selectors.design import design_of, listed
from microcredentials.selectors.proposal import proposal_of
from microcredentials.tables.catalogue import MicroCredentialTable


@page("microcredential.view")
def microcredential_list(request: HttpRequest) -> HttpResponse:
    actions = [
        Link(_("Editions"), reverse("microcredentials:edition-list")),
        Link(_("Approvals"), reverse("microcredentials:approval-list")),
    ]
    if can(request.user, "microcredential.import"):
        actions.append(Link(_("Import a list"), reverse("microcredentials:catalogue-upload")))
    create = (
        reverse("microcredentials:microcredential-create")
        if can(request.user, "microcredential.create")
        else ""
    )
    if create:
        actions.append(Link(_("New micro-credential"), create, primary=True))
    return lists.list_page(
        request,
        queryset=listed(request.user),
        table=MicroCredentialTable,
        filters=MicroCredentialFilter,
        title=_("Micro-credentials"),
        empty=lists.Empty(
            title=_("No micro-credentials yet"),
            text=_("Design the first one, or import the list that your centre already has."),
            url=create,
            verb=_("New micro-credential") if create else "",
        ),
        actions=actions,
    )


@page("microcredential.view")
def microcredential_detail(request: HttpRequest, code: str) -> HttpResponse:
    microcredential = visible_microcredential(request, code)
    design = design_of(microcredential)
    if design is None:
        raise Http404
    context = presenters.microcredential_page(request.user, microcredential, design)
    return render(request, "microcredentials/microcredential_detail.html", context)


@page("microcredential.view")
def version_detail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    microcredential = visible_microcredential(request, code)
    proposal = proposal_of(microcredential, number)
    if proposal is None:
        raise Http404
    editable = bool(can(request.user, "microcredential.edit", microcredential))
    context = {
        "microcredential": microcredential,
        "steps": presenters.design_steps(request.user, microcredential, proposal.design),
        "parts": proposal.parts,
        "sections_read": read(proposal.parts),
        **presenters.version_context(proposal.version, proposal.design, editable=editable),
    }
    return render(request, "microcredentials/version_detail.html", context)


def visible_microcredential(request: HttpRequest, code: str) -> MicroCredential:
    """404 for what the person may not know of."""
    visible = allowed(request.user, "microcredential.view").select_related(
        "scope", "centre__scope", "current"
    )
    found: MicroCredential | None = visible.filter(code=code).first()
    if found is None:
        raise Http404
    return found
