"""What judgements show on the pages of lower floors: which criteria an indicator speaks to."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audits.selectors.measurements import criteria_of_indicator
from iqas.core.panels import Panel, panel
from iqas.frameworks.models import Criterion, Framework
from iqas.indicators.models import Definition


@panel("indicator", order=50)
def criteria_of(request: HttpRequest, definition: Definition) -> Panel | None:
    told: dict[Framework, list[Criterion]] = {}
    for criterion in criteria_of_indicator(definition.code):
        told.setdefault(criterion.framework, []).append(criterion)
    if not told:
        return None
    return Panel(_("Criteria"), "audits/_indicator_criteria.html", {"frameworks": told})
