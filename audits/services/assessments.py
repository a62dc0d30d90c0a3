"""Writing a self-assessment: opened, written by several people, handed over, returned.

Every service locks the report first, so that nothing changes between the check of its state and the change.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audits.models import CriterionAssessment, SelfAssessment
from audits.selectors import completeness
from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record, record_changes
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.evidence.models import Citation, EvidenceVersion
from iqas.evidence.services import cite as cite_version
from iqas.evidence.services import uncite as take_back
from iqas.frameworks.models import Framework, RatingScale
from iqas.frameworks.services import freeze as freeze_pack
from iqas.organisation.models import AcademicYear, Scope

MAX_TEXT = 60_000  # characters of one text; some thirty printed pages


@transaction.atomic
def start(
    *,
    actor: Any,
    scope: Scope,
    framework: Framework,
    scale: RatingScale,
    year: AcademicYear,
    title: str,
    language: str = SelfAssessment.Language.SPANISH,
) -> SelfAssessment:
    """Opens the report of a centre. Framework and scale are frozen from now on.

    Refuses `not-a-centre`, `title-missing`, `scale-without-levels`, and `already-open` where the same centre, framework
    and year have a report that is not frozen yet.
    """
    require(actor, "assessment.start", scope)
    if scope.kind != Scope.Kind.CENTRE:
        raise RuleViolation(
            "not-a-centre", _("A self-assessment is written for one centre (BOE-A-2022-3710)."), field="scope"
        )
    if not sort_key(title):
        raise RuleViolation("title-missing", _("Give the report a title."), field="title")
    if not scale.levels.exists():
        raise RuleViolation(
            "scale-without-levels", _("This scale has no levels to rate with."), field="scale"
        )
    standing = SelfAssessment.objects.filter(scope=scope, framework__code=framework.code, year=year)
    if (other := standing.exclude(state=SelfAssessment.State.FROZEN).first()) is not None:
        raise RuleViolation(
            "already-open",
            _("%(code)s is still open for this centre, framework and year.") % {"code": other.code},
            field="framework",
        )
    freeze_pack(framework)
    freeze_pack(scale)
    assessment = SelfAssessment.objects.create(
        code=next_code("S", year=clock.today().year),
        scope=scope,
        framework=framework,
        scale=scale,
        year=year,
        title=title.strip(),
        sort_title=sort_key(title),
        language=language,
        started_by=actor,
        started_at=clock.now(),
    )
    CriterionAssessment.objects.bulk_create(
        CriterionAssessment(self_assessment=assessment, criterion=criterion)
        for criterion in framework.criteria.filter(assessable=True).order_by("order")
    )
    record(
        actor=actor,
        action="assessment.started",
        subject=assessment,
        scope=scope,
        after={
            "framework": str(framework),
            "scale": str(scale),
            "year": year.code,
            "title": assessment.title,
            "language": assessment.language,
        },
    )
    return assessment


@transaction.atomic
def save_introduction(
    *, actor: Any, assessment: SelfAssessment, seen_version: int, title: str, introduction: str
) -> SelfAssessment:
    """Title and account of the process. Refuses `StaleVersion`, `title-missing` and `text-too-long`."""
    held = locked(assessment)
    require(actor, "assessment.edit", held)
    versions.claim(held, seen_version)
    if not sort_key(title):
        raise RuleViolation("title-missing", _("Give the report a title."), field="title")
    _check_length("introduction", introduction)
    before = {"title": held.title, "introduction": held.introduction}
    held.title, held.sort_title, held.introduction = title.strip(), sort_key(title), introduction
    held.save(update_fields=["title", "sort_title", "introduction"])
    held.authors.add(actor)
    _record_change(actor, held, held, before, {"title": held.title, "introduction": introduction})
    return held


@transaction.atomic
def save_criterion(
    *,
    actor: Any,
    assessment: CriterionAssessment,
    seen_version: int,
    narrative: str,
    rating: str,
    strengths: str,
    weaknesses: str,
) -> CriterionAssessment:
    """What the report says about one criterion; `rating` is a level's code, or empty.

    Refuses `StaleVersion` where somebody saved since `seen_version`, `unknown-level` and `text-too-long`.
    """
    report = locked(assessment.self_assessment)
    require(actor, "assessment.edit", report)
    held = (
        CriterionAssessment.objects.select_for_update(of=("self",))
        .select_related("rating")
        .get(pk=assessment.pk)
    )
    held.self_assessment = report
    versions.claim(held, seen_version)
    level = report.scale.levels.filter(code=rating).first() if rating else None
    if rating and level is None:
        raise RuleViolation("unknown-level", _("The scale has no such level."), field="rating")
    texts = {"narrative": narrative, "strengths": strengths, "weaknesses": weaknesses}
    for field, text in texts.items():
        _check_length(field, text)
    before = {field: getattr(held, field) for field in texts} | {
        "rating": held.rating.code if held.rating else ""
    }
    for field, text in texts.items():
        setattr(held, field, text)
    held.rating, held.saved_by, held.saved_at = level, actor, clock.now()
    held.save(update_fields=[*texts, "rating", "saved_by", "saved_at"])
    report.authors.add(actor)
    _record_change(actor, held, report, before, texts | {"rating": rating})
    return held


@transaction.atomic
def cite(*, actor: Any, assessment: CriterionAssessment, version: EvidenceVersion) -> Citation:
    """Leans what is said about a criterion on one version of one evidence, and on no later one."""
    report = locked(assessment.self_assessment)
    require(actor, "assessment.edit", report)
    report.authors.add(actor)
    return cite_version(
        actor=actor,
        version=version,
        criterion=assessment.criterion,
        scope=report.scope,
        citing_code=report.code,
    )


@transaction.atomic
def uncite(*, actor: Any, assessment: CriterionAssessment, citation: Citation) -> None:
    """Takes a citation out of a report that is still being written. Refuses `foreign-citation`."""
    report = locked(assessment.self_assessment)
    require(actor, "assessment.edit", report)
    if citation.citing_code != report.code or citation.criterion_id != assessment.criterion_id:
        raise RuleViolation("foreign-citation", _("This citation belongs to another text."))
    report.authors.add(actor)
    take_back(actor=actor, citation=citation)


@transaction.atomic
def submit(*, actor: Any, assessment: SelfAssessment, note: str = "") -> SelfAssessment:
    """Hands the text over for review. Refuses `incomplete` while anything that blocks is missing."""
    held = locked(assessment)
    require(actor, "assessment.submit", held)
    refuse_incomplete(held)
    held.submit()
    held.submitted_by, held.submitted_at = actor, clock.now()
    held.save(update_fields=["state", "submitted_by", "submitted_at"])
    held.authors.add(actor)
    _record_step(actor, held, "assessment.submitted", "drafting", note)
    return held


@transaction.atomic
def return_to_authors(*, actor: Any, assessment: SelfAssessment, reason: str) -> SelfAssessment:
    """Sends the text back with what has to change. Refuses `reason-missing`."""
    held = locked(assessment)
    require(actor, "assessment.return", held)
    if not reason.strip():
        raise RuleViolation("reason-missing", _("Say what has to change."), field="reason")
    held.return_to_authors()
    held.save(update_fields=["state"])
    _record_step(actor, held, "assessment.returned", "review", reason.strip())
    return held


def refuse_incomplete(assessment: SelfAssessment) -> None:
    blocking = completeness.check(assessment).blocking
    if blocking:
        raise RuleViolation(
            "incomplete",
            _("The report is not complete: %(first)s (%(count)s in all).")
            % {"first": blocking[0].sentence, "count": len(blocking)},
        )


def locked(assessment: SelfAssessment) -> SelfAssessment:
    return (
        SelfAssessment.objects.select_for_update(of=("self",))
        .select_related("scope", "framework", "scale", "year")
        .get(pk=assessment.pk)
    )


def _check_length(field: str, text: str) -> None:
    if len(text) > MAX_TEXT:
        raise RuleViolation(
            "text-too-long",
            _("The text has more than %(limit)s characters.") % {"limit": MAX_TEXT},
            field=field,
        )


def _record_change(
    actor: Any,
    subject: SelfAssessment | CriterionAssessment,
    report: SelfAssessment,
    before: dict[str, str],
    after: dict[str, str],
) -> None:
    record_changes(
        actor=actor,
        action="assessment.changed",
        subject=subject,
        scope=report.scope,
        before=before,
        after=after,
    )


def _record_step(actor: Any, assessment: SelfAssessment, action: str, before: str, reason: str) -> None:
    record(
        actor=actor,
        action=action,
        subject=assessment,
        scope=assessment.scope,
        before={"state": before},
        after={"state": assessment.state},
        reason=reason,
    )
