"""The one JSON shape of results, for the API and for `manage.py campaign_results`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from feedback.comparison import Compared
from feedback.selectors.contrasts import Contrast
from feedback.selectors.figures import Figures, Share, shares_of
from feedback.selectors.places import PlaceResults, Side
from feedback.selectors.results import NO_GROUP, CampaignResults, GroupResult, ItemResult, by_answer
from feedback.statistics import Recommendation
from iqas.core.canonical import canonical_json, sha256_hex

AGREED = (
    "campaign",
    "edition",
    "invited",
    "responses",
    "response_rate",
    "threshold",
    "suppressed",
    "straight_lined",
    "items",
)
AGREED_OF_ITEMS = (
    "code",
    "text",
    "scale",
    "n",
    "no_answer",
    "suppressed",
    "distribution",
    "mean",
    "median",
    "favourable",
)


def results_json(results: CampaignResults, *, detail: bool = False) -> dict[str, Any]:
    """Rates and shares are fractions from 0 to 1, unrounded; a figure that is not published is null.

    Without `detail` nothing but what is agreed on with programs that know no more.
    """
    told = _detailed(results)
    if detail:
        return told
    items = [{key: item[key] for key in AGREED_OF_ITEMS} for item in told["items"]]
    return {key: told[key] for key in AGREED} | {"items": items}


def _detailed(results: CampaignResults) -> dict[str, Any]:
    return {
        "campaign": results.campaign,
        "title": results.title,
        "edition": results.edition,
        "questionnaire": results.questionnaire,
        "mode": results.mode,
        "state": results.state,
        "opens": _day(results.opens),
        "closes": _day(results.closes),
        "invited": results.invited,
        "undelivered": results.undelivered,
        "responses": results.responses,
        "counted": results.counted,
        "response_rate": _number(results.response_rate),
        "threshold": results.threshold,
        "suppressed": results.suppressed,
        "straight_lined": results.straight_lined,
        "groups": [_group_json(group) for group in results.groups if group.code != NO_GROUP],
        "items": [
            _item_json(item) | {"groups": [_part_json(*one) for one in item.groups.items()]}
            for item in results.items
        ],
        "computed_at": _moment(results.computed_at),
    }


def _item_json(item: ItemResult) -> dict[str, Any]:
    figures = item.figures
    return {
        "code": item.code,
        "text": item.text,
        "kind": item.kind,
        "section": item.section,
        "criterion": item.criterion_code,
        "scale": list(item.scale),
        "labels": {str(point): label for point, label in item.labels.items()},
        "reverse": item.reverse,
        "condition": item.condition,
        "importance_of": item.importance_of,
        **_counts_json(figures),
        "deviation": figures.deviation,
        "interval": list(figures.interval) if figures.interval else None,
        "census": figures.is_census,
        "answers": [_share_json(share) for share in shares_of(item.kind, figures)],
        "recommendation": _recommendation_json(figures.recommendation),
        "behind": figures.is_behind,
    }


def _counts_json(figures: Figures) -> dict[str, Any]:
    distribution = figures.distribution
    return {
        "n": figures.n,
        "no_answer": figures.no_answer,
        "suppressed": figures.suppressed,
        "distribution": None if distribution is None else {str(code): n for code, n in distribution.items()},
        "mean": _number(figures.mean),
        "median": _number(figures.median),
        "favourable": _number(figures.favourable),
    }


def _part_json(group: str, figures: Figures) -> dict[str, Any]:
    return {"code": group, **_counts_json(figures)}


def _group_json(group: GroupResult) -> dict[str, Any]:
    return {
        "code": group.code,
        "label": group.label,
        "responses": group.responses,
        "suppressed": group.suppressed,
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "code": share.point,
        "n": share.count,
        "share": _number(share.share),
        "interval": list(share.interval) if share.interval else None,
    }


def _recommendation_json(score: Recommendation | None) -> dict[str, Any] | None:
    return {"score": float(score.score), "low": score.low, "high": score.high} if score else None


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


def place_json(results: PlaceResults) -> dict[str, Any]:
    """The results of a place; as `results_json`, with what they are compared with."""
    turnout = results.turnout
    return {
        "place": results.place.code,
        "kind": results.place.kind,
        "questionnaire": results.chosen.questionnaire,
        "year": results.chosen.year or None,
        "invited": turnout.reached,
        "responses": turnout.responses,
        "response_rate": _number(turnout.rate),
        "straight_lined": results.straight_lined,
        "campaigns": [
            {
                "code": one.code,
                "edition": one.edition or None,
                "invited": one.reached,
                "responses": one.responses,
                "threshold": one.threshold,
                "suppressed": not one.is_told,
            }
            for one in results.campaigns
        ],
        "items": [_item_json(item) | {"campaigns": item.figures.campaigns} for item in results.items],
        "years": [_side_json(side, results.items) for side in results.years],
        "changes": [_compared_json(*one) for one in results.changes.items()],
        "benchmark": [_side_json(side, results.items) for side in results.benchmark],
        "against": [_compared_json(*one) for one in results.against.items()],
        "contrasts": [_contrast_json(one) for one in results.contrasts],
        "other_scale": list(results.other_scale),
        "computed_at": results.computed_at,
    }


def _compared_json(code: str, found: Compared) -> dict[str, Any]:
    return {
        "code": code,
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "detectable": found.is_detectable,
    }


def _contrast_json(contrast: Contrast) -> dict[str, Any]:
    return {
        "code": contrast.common_code,
        "asked": [
            {
                "questionnaire": questionnaire,
                "audience": audience,
                "code": item.code,
                "text": item.text,
                "n": item.figures.n,
                "share": item.headline(item.figures),
                "other_scale": contrast.has_another_scale(questionnaire),
            }
            for questionnaire, audience, item in contrast.asked
        ],
        "compared": [_compared_json(*one) for one in contrast.compared.items()],
    }


def _side_json(side: Side, items: Sequence[ItemResult]) -> dict[str, Any]:
    found = [(item, item.figures_in(side.figures)) for item in by_answer(items)]
    return {
        "key": side.key,
        "label": side.label,
        "items": [
            {
                "code": item.code,
                "n": figures.n,
                "favourable": _number(figures.favourable),
                "share": item.headline(figures),
            }
            for item, figures in found
            if figures is not None and not figures.suppressed
        ],
    }


def _counts(figures: Figures) -> dict[str, Any] | None:
    if figures.suppressed or figures.distribution is None:
        return None
    counts = {str(code): count for code, count in figures.distribution.items()}
    return {"n": figures.n, "no_answer": figures.no_answer, "distribution": counts}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _day(value: dt.date | None) -> str | None:
    return None if value is None else value.isoformat()


def _moment(value: dt.datetime | None) -> str | None:
    """As the API writes moments, so that the command says the same."""
    return None if value is None else value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
