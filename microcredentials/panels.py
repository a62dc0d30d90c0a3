"""What micro-credentials show on the pages of lower floors, and partners and pathways on theirs."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed, can
from iqas.core.panels import Panel, panel
from iqas.organisation.models import Centre, University
from microcredentials import completeness
from microcredentials.models import ApprovalRoute, Edition, MicroCredential
from microcredentials.presenters import documents as document_pages
from microcredentials.selectors.comparison import compare, previous_edition, sentences
from microcredentials.services.edition_reports import REPORTABLE

SHOWN = 8


@panel("centre", order=10)
def microcredentials_of_the_centre(request: Any, centre: Centre) -> Panel | None:
    mine = allowed(request.user, "microcredential.view").filter(centre=centre)
    known = ~Q(state="imported")
    totals = mine.aggregate(
        all=Count("pk"),
        approved=Count("pk", filter=Q(state__in=("approved", "published"))),
        incomplete=Count("pk", filter=known & Q(current__elements_done__lt=completeness.TOTAL)),
    )
    return Panel(
        _("Micro-credentials"),
        "microcredentials/_centre_panel.html",
        {
            "totals": totals,
            "newest": mine.select_related("current").order_by("-created_at")[:SHOWN],
            "centre": centre,
        },
    )


@panel("microcredential", order=5)
def partners_and_pathways(request: Any, microcredential: MicroCredential) -> Panel | None:
    """Fetched by the browser from its own page: that of the micro-credential already asks much of the database."""
    if not can(request.user, "partner.view"):
        return None
    return Panel(
        _("Partners and pathways"),
        "microcredentials/_around_panel.html",
        {"microcredential": microcredential},
        brief=_("Who takes part, and what it stacks into"),
    )


@panel("edition", order=5)
def changes_since_the_last_edition(request: Any, edition: Edition) -> Panel | None:
    """What differs between the version that this edition runs and that of the edition before it, as a text."""
    before = previous_edition(edition)
    if before is None:
        return None
    same = before.version_id == edition.version_id
    return Panel(
        _("Changes since the last edition"),
        "microcredentials/_edition_changes.html",
        {
            "edition": edition,
            "before": before,
            "sentences": [] if same else sentences(compare(before.version, edition.version)),
        },
    )


@panel("microcredential", order=8)
def documents_of_the_version(request: Any, microcredential: MicroCredential) -> Panel | None:
    """Fetched by the browser from its own page, as partners and pathways are."""
    if microcredential.state == MicroCredential.State.IMPORTED or not can(request.user, "document.view"):
        return None
    return Panel(
        _("Documents"),
        "microcredentials/_documents_panel.html",
        {"microcredential": microcredential},
        brief=_("All documents of every version"),
    )


@panel("edition", order=8)
def documents_of_the_edition(request: Any, edition: Edition) -> Panel | None:
    """Its final report as a file, from when the report can be written."""
    shown = edition.state in REPORTABLE or edition.has_filed_report
    if not shown or not can(request.user, "document.view"):
        return None
    return Panel(
        _("Documents"),
        "microcredentials/_documents_panel.html",
        document_pages.edition_panel(request.user, edition),
    )


@panel("university", order=10)
def way_to_approval(request: Any, university: University) -> Panel | None:
    if not can(request.user, "route.view"):
        return None
    route = ApprovalRoute.objects.filter(in_force=True).prefetch_related("steps").first()
    return Panel(_("Way to approval"), "microcredentials/_route_panel.html", {"route": route})
