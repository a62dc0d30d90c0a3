"""The one JSON shape of results, for the API and for `manage.py campaign_results`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from feedback.selectors.results import CampaignResults, ItemResult


def results_json(results: CampaignResults) -> dict[str, Any]:
    """Rates and shares are fractions from 0 to 1, unrounded; a figure that is not published is null."""
    return {
        "campaign": results.campaign,
        "edition": results.edition,
        "invited": results.invited,
        "responses": results.responses,
        "response_rate": _number(results.response_rate),
        "threshold": results.threshold,
        "suppressed": results.suppressed,
        "straight_lined": results.straight_lined,
        "items": [_item_json(item) for item in results.items],
    }


def _item_json(item: ItemResult) -> dict[str, Any]:
    figures = item.figures
    distribution = figures.distribution
    return {
        "code": item.code,
        "text": item.text,
        "scale": list(item.scale),
        "n": figures.n,
        "no_answer": figures.no_answer,
        "suppressed": figures.suppressed,
        "distribution": None if distribution is None else {str(code): n for code, n in distribution.items()},
        "mean": _number(figures.mean),
        "median": _number(figures.median),
        "favourable": _number(figures.favourable),
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
