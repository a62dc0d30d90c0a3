"""The indicators of a dimension as numbers with their proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from iqas.core.access import can
from iqas.indicators.selectors import Figure, Series, series_of, years_measured
from iqas.indicators.status import Status
from iqas.indicators.words import aim_words
from iqas.ui.components import Number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iqas.dimensions.dimension import Dimension
    from iqas.organisation.models import AcademicYear, Scope

YEARS_SHOWN = 3


def numbers(user: Any, dimension: Dimension, scope: Scope, year: AcademicYear | None) -> list[Number]:
    """The indicators that a dimension declares, for a scope that the person may read numbers of; none otherwise.

    With a year, that year is the last of three shown. Five statements.
    """
    if not dimension.indicators or not can(user, "indicator.view", scope):
        return []
    years = [shown for shown in years_measured(scope, last=10) if year is None or shown.starts <= year.starts]
    series = series_of(scope, years[-YEARS_SHOWN:]) if years else []
    return [number(one) for one in series if one.definition.code in dimension.indicators and one.figures]


def number(series: Series) -> Number:
    """The latest figure of an indicator with its target, origin and trend."""
    figure = series.latest or series.figures[-1]
    definition = series.definition
    return Number(
        label=definition.title,
        value=figure.share,
        share=True,
        target=aim_words(figure.aim, definition.unit),
        state=figure.status if figure.status in {Status.MET, Status.PARTLY, Status.UNMET} else "",
        n=figure.n,
        base=figure.year.code,
        numerator=figure.numerator,
        denominator=figure.denominator,
        suppressed=figure.suppressed,
        reason=_("No data yet") if figure.status == Status.NO_DATA else "",
        formula=definition.formula,
        version=str(definition.version),
        source=figure.source,
        computed_at=figure.computed_at,
        trend=_trend(series.figures),
    )


def _trend(figures: Sequence[Figure]) -> tuple[tuple[str, float | None], ...]:
    if all(figure.share is None or figure.suppressed for figure in figures):
        return ()
    return tuple((figure.year.code, None if figure.suppressed else figure.share) for figure in figures)
