"""The self-assessment as one document of plain values: every language, every number as text, nothing live behind it.

`audits.dossier.content` reads what is written here; the two change together, under one schema name.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from audits.dossier.content import SNAPSHOT_SCHEMA
from audits.models import SelfAssessment
from audits.selectors import measurements
from audits.selectors.languages import translated
from feedback.models import Campaign
from feedback.selectors.results import campaign_results
from feedback.selectors.targets import with_target
from feedback.serialisation import results_sha256
from iqas.core.audit import Head, history
from iqas.core.files import open_stored
from iqas.core.models import AuditEvent
from iqas.evidence.models import Citation
from iqas.evidence.selectors import citations_of
from iqas.frameworks.models import Criterion
from iqas.improvement.models import Action
from iqas.improvement.selectors import with_overdue
from iqas.organisation.models import AcademicYear, University

YEARS_SHOWN = 3  # BOE-A-2022-3710, Protocol point 2: "at least the last three courses"
STEPS = {
    "assessment.started": "started",
    "assessment.submitted": "submitted",
    "assessment.returned": "returned",
}


def snapshot_of(assessment: SelfAssessment, *, at: datetime, by: Any, head: Head) -> dict[str, Any]:
    """The whole report as JSON-ready values. `head` is the end of the audit chain just before the freeze."""
    years = years_of(assessment)
    criteria = list(assessment.framework.criteria.select_related("parent").order_by("order"))
    citations = list(citations_of(assessment.code))
    series = measurements.series_of(assessment.scope, years)
    mapping = measurements.indicators_of_criteria(
        assessment.framework.code, criteria, [row["code"] for row in series]
    )
    university = University.current()
    return {
        "schema": SNAPSHOT_SCHEMA,
        "self_assessment": {
            "code": assessment.code,
            "title": assessment.title,
            "language": assessment.language,
            "year": assessment.year.code,
            "introduction": assessment.introduction,
        },
        "university": {
            "name": university.name,
            "short_name": university.short_name,
            "threshold": university.threshold,
            "logo": _logo(university),
        },
        "centre": {"code": assessment.scope.centre.code} | translated(assessment.scope.centre, "name"),
        "framework": _framework(assessment),
        "scale": _scale(assessment),
        "years": [year.code for year in years],
        "chronology": _chronology(assessment, at, by),
        "criteria": _criteria(assessment, criteria, citations, mapping),
        "indicators": series,
        "evidence": _evidence(citations, at.date()),
        "actions": _actions(assessment, at.date()),
        "survey_results": _survey_results(assessment, years),
        "frozen": {"at": at.isoformat(), "by": by.name, "chain_seq": head.seq, "chain_hash": head.hash},
    }


def years_of(assessment: SelfAssessment) -> list[AcademicYear]:
    """The report's year and the two before it, oldest first."""
    known = AcademicYear.objects.filter(starts__lte=assessment.year.starts).order_by("-starts")[:YEARS_SHOWN]
    return list(reversed(known))


def _logo(university: University) -> dict[str, str] | None:
    """The picture itself, so that the cover can be printed when no file is left."""
    if not university.logo_sha256:
        return None
    with open_stored(university.logo_sha256) as file:
        data = base64.b64encode(file.read()).decode()
    return {"media_type": university.logo_media_type, "sha256": university.logo_sha256, "data": data}


def _survey_results(assessment: SelfAssessment, years: Sequence[AcademicYear]) -> list[dict[str, Any]]:
    """The finished campaigns of the editions of these years, each by the hash of what may be published of it."""
    campaigns = with_target(
        Campaign.objects.filter(
            state=Campaign.State.MIXED,
            scope__path__startswith=assessment.scope.path,
            edition__year__in=years,
        ).select_related("questionnaire_version__questionnaire")
    )
    return [
        {
            "campaign": results.campaign,
            "edition": results.edition,
            "responses": results.responses,
            "sha256": results_sha256(results),
        }
        for results in (campaign_results(campaign, "es") for campaign in campaigns.order_by("code"))
    ]


def _framework(assessment: SelfAssessment) -> dict[str, Any]:
    framework = assessment.framework
    return {
        "code": framework.code,
        "version": framework.version,
        "source": framework.source,
        "source_url": framework.source_url,
        "status": framework.status_tag,
        "sha256": framework.sha256,
    } | translated(framework, "title")


def _scale(assessment: SelfAssessment) -> dict[str, Any]:
    scale = assessment.scale
    levels: list[dict[str, Any]] = [
        {"code": level.code, "symbol": level.symbol, "is_pass": level.is_pass}
        | translated(level, "label", "descriptor")
        for level in scale.levels.order_by("order")
    ]
    return {
        "code": scale.code,
        "version": scale.version,
        "sha256": scale.sha256,
        "levels": levels,
    } | translated(scale, "title")


def _chronology(assessment: SelfAssessment, at: datetime, by: Any) -> list[dict[str, str]]:
    """Who did what when, from the audit chain; the freeze itself is the last step."""
    from iqas.accounts.models import User

    events: list[AuditEvent] = [
        event for event in history(assessment).order_by("seq") if event.action in STEPS
    ]
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    steps = [
        {
            "on": event.at.date().isoformat(),
            "kind": STEPS[event.action],
            "who": next((name for pk, name in names.items() if str(pk) == event.actor_id), ""),
        }
        for event in events
    ]
    return [*steps, {"on": at.date().isoformat(), "kind": "frozen", "who": by.name}]


def _criteria(
    assessment: SelfAssessment,
    criteria: Sequence[Criterion],
    citations: Iterable[Citation],
    mapping: dict[str, list[str]],
) -> list[dict[str, Any]]:
    written = {row.criterion_id: row for row in assessment.criteria.select_related("rating")}
    cited: dict[Any, list[dict[str, Any]]] = {}
    for citation in citations:
        cited.setdefault(citation.criterion_id, []).append(
            {"code": citation.version.evidence.code, "number": citation.version.number}
        )
    rows = []
    for criterion in criteria:
        own = written.get(criterion.pk)
        rows.append(
            {
                "code": criterion.code,
                "parent": criterion.parent.code if criterion.parent else "",
                "assessable": criterion.assessable,
                "tag": weakest(criterion.tag, criterion.text_tag),
                "source": criterion.source,
                "narrative": own.narrative if own else "",
                "strengths": own.strengths if own else "",
                "weaknesses": own.weaknesses if own else "",
                "rating": own.rating.code if own and own.rating else "",
                "citations": cited.get(criterion.pk, []),
                "indicators": mapping.get(criterion.code, []) if criterion.assessable else [],
            }
            | translated(criterion, "title", "text")
        )
    return rows


def weakest(*tags: str) -> str:
    """The least founded of some tags: a sourced demand in our own words is our own words."""
    return max(tags, key="SKI".index)


def _evidence(citations: Iterable[Citation], today: date) -> list[dict[str, Any]]:
    rows: dict[Any, dict[str, Any]] = {}
    for citation in citations:
        version = citation.version
        row = rows.get(version.pk)
        if row is None:
            rows[version.pk] = row = {
                "code": version.evidence.code,
                "number": version.number,
                "title": version.evidence.title,
                "kind": version.evidence.kind.code,
                "original_name": version.original_name,
                "url": version.url,
                "media_type": version.media_type,
                "size": version.size,
                "sha256": version.sha256,
                "date_of_fact": version.date_of_fact.isoformat(),
                "valid_until": version.valid_until.isoformat() if version.valid_until else "",
                "approved_on": version.approved_at.date().isoformat() if version.approved_at else "",
                "approved_by": version.approved_by.name if version.approved_by else "",
                "withdrawn": version.state == "withdrawn",
                "expired": version.valid_until is not None and version.valid_until < today,
                "cited_by": [],
            }
        row["cited_by"].append(citation.criterion.code)
    return sorted(rows.values(), key=lambda row: (row["code"], row["number"]))


def _actions(assessment: SelfAssessment, today: date) -> list[dict[str, Any]]:
    actions = with_overdue(Action.objects.filter(scope__path__startswith=assessment.scope.path), today)
    return [
        {
            "code": action.code,
            "title": action.title,
            "cause": action.cause,
            "criterion": action.criterion.code if action.criterion else "",
            "responsible": action.responsible.name,
            "due": action.due.isoformat(),
            "follow_up": action.follow_up,
            "state": action.state,
            "proof": action.proof.label if action.proof else "",
            "effect": action.effect,
            "overdue": action.overdue,
        }
        for action in actions.select_related("criterion", "responsible", "proof__evidence").order_by("code")
    ]
