"""The one JSON shape of results, for the API and for `manage.py campaign_results`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from feedback.selectors.figures import Figures
from feedback.selectors.results import CampaignResults, ItemResult
from iqas.core.canonical import canonical_json, sha256_hex


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


def results_sha256(results: CampaignResults) -> str:
    """The hash of every count that is published of a campaign, in canonical JSON.

    It names neither texts nor shares: the same in every language, and whatever computes a mean. What is suppressed is null.
    """
    counted = {
        "campaign": results.campaign,
        "edition": results.edition,
        "questionnaire": results.questionnaire,
        "invited": results.invited,
        "responses": results.responses,
        "threshold": results.threshold,
        "suppressed": results.suppressed,
        "straight_lined": results.straight_lined,
        "groups": {group.code: group.responses for group in results.groups},
        "items": [
            {"code": item.code, "figures": _counts(item.figures)}
            | {"groups": {group: _counts(figures) for group, figures in item.groups.items()}}
            for item in results.items
        ],
    }
    return sha256_hex(canonical_json(counted))


def _counts(figures: Figures) -> dict[str, Any] | None:
    if figures.suppressed or figures.distribution is None:
        return None
    counts = {str(code): count for code, count in figures.distribution.items()}
    return {"n": figures.n, "no_answer": figures.no_answer, "distribution": counts}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
