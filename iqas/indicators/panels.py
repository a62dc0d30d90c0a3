"""The numbers of a micro-credential and of an edition, on their own pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iqas.core.access import can
from iqas.core.panels import Panel, panel
from iqas.indicators import selectors
from iqas.indicators.presentation import line_of
from iqas.indicators.status import Status
from microcredentials.models import Edition, MicroCredential


@panel("microcredential", order=30)
def indicators_of_microcredential(request: HttpRequest, microcredential: MicroCredential) -> Panel | None:
    scope = microcredential.scope
    if not can(request.user, "indicator.view", scope):
        return None
    years, found = selectors.measured_series(scope)
    lines = [line_of(series) for series in found]
    context = {"scope": scope, "years": years, "lines": lines}
    missed = sum(line.state == Status.UNMET for line in lines)
    brief = (
        ngettext("%(count)s out of target", "%(count)s out of target", missed) % {"count": missed}
        if missed
        else ngettext("%(count)s measured", "%(count)s measured", len(lines)) % {"count": len(lines)}
    )
    return Panel(_("Indicators"), "indicators/_panel.html", context, brief=brief, is_due=missed > 0)


@panel("edition", order=30)
def indicators_of_edition(request: HttpRequest, edition: Edition) -> Panel | None:
    scope = edition.microcredential.scope
    if not can(request.user, "indicator.view", scope):
        return None
    found = [
        series for series in selectors.edition_series(edition) if series.figures[0].status != Status.NO_DATA
    ]
    context = {"scope": scope, "years": [edition.year], "lines": [line_of(series) for series in found]}
    return Panel(_("Indicators"), "indicators/_panel.html", context)
