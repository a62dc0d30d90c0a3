"""Rows of a design, written without asking who or why: the services and the import ask, then call these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from iqas.accounts.models import User, normal_email
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import folded
from iqas.core.text import sort_key
from iqas.organisation.models import Centre, Scope
from iqas.organisation.scopes import add_scope
from microcredentials import completeness, rules
from microcredentials.models import (
    Assessment,
    AwardingBody,
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
    Supporter,
    Teacher,
)
from microcredentials.services.checks import store, store_new

MAX_TITLE = 300
MAX_TEXT = 20_000  # of a text in a form or a request
MAX_ROWS = 40  # of one kind in a form or a request
TRANSLATED = (
    "title",
    "summary",
    "quality_assurance",
    "prerequisites",
    "further_information",
    "target_groups",
    "contents",
    "methods",
    "selection",
)
LANGUAGES = ("es", "en", "ca", "gl", "eu")
DESIGN_FIELDS = (
    *(f"{name}_{language}" for name in TRANSLATED for language in LANGUAGES),
    "country",
    "region",
    "ects",
    "hours",
    "eqf_level",
    "mode",
    "requires_degree",
    "field_of_study",
    "responsible_teacher",
    "responsible_name",
    "responsible_email",
    "supervision",
    "stackability",
    "hours_per_ects",
    "need",
    "languages",
    "calendar",
    "resources",
    "places_min",
    "places",
    "price",
    "cost",
    "budget",
    "stacks_into",
    "sustainability",
    "sdgs",
)
NOTHING: tuple[Any, ...] = ("", None, [])


@dataclass(frozen=True)
class Body:
    """An awarding body as written."""

    name: str
    is_coordinating: bool = False
    agreement_id: UUID | None = None
    country: str = ""
    region: str = ""


@dataclass(frozen=True)
class Outcome:
    """A learning outcome as written; `id` of the one that it replaces. Texts are `text_es`, `text_en` …"""

    texts: Mapping[str, str]
    kind: str = ""
    code: str = ""
    esco_uri: str = ""
    id: UUID | None = None


@dataclass(frozen=True)
class Evaluation:
    """An assessment as written: `name_es`, `criteria_es` … and the outcomes that it assesses.

    An outcome is named by its key, or by its code; codes follow the order of the outcomes, so that only who writes both
    at once may rely on them.
    """

    texts: Mapping[str, str]
    outcomes: tuple[UUID | str, ...] = ()
    weight: int | None = None
    code: str = ""
    id: UUID | None = field(default=None)


@dataclass(frozen=True)
class Teaching:
    """One who teaches, as written; `id` of the row that it replaces."""

    name: str
    role: str = Teacher.Role.TEACHER
    is_external: bool = False
    institution: str = ""
    hours: Decimal | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class Support:
    """A stakeholder behind the need, as written; `id` of the row that it replaces."""

    name: str
    interest: str = ""
    expressed_on: dt.date | None = None
    evidence_id: UUID | None = None
    id: UUID | None = None
    partner_id: UUID | None = None


def new_microcredential(
    *, centre: Centre, code: str, design: Mapping[str, Any], state: str, writer: Any
) -> MicroCredentialVersion:
    """The first version of a new micro-credential."""
    title = str(design["title_es"])
    if len(title) > MAX_TITLE:
        message = _("A title has %(limit)s characters at most.") % {"limit": MAX_TITLE}
        raise RuleViolation("max_length", message, field="title_es")
    code = code or _free_code()
    scope = add_scope(kind=Scope.Kind.MICROCREDENTIAL, parent=centre.scope, code=code, label=title)
    microcredential = MicroCredential.objects.create(
        code=code,
        centre=centre,
        scope=scope,
        state=state,
        sort_title=sort_key(title)[:MAX_TITLE],
        title_key=folded(title)[:MAX_TITLE],
    )
    version = MicroCredentialVersion(microcredential=microcredential, number=1)
    apply_design(version, design)
    store(version, new=True)
    if writer is not None:
        version.writers.add(writer)
    microcredential.current = version
    microcredential.save(update_fields=["current"])
    return version


def apply_design(version: MicroCredentialVersion, design: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set the fields that differ; answers field → (before, after). Refuses an unknown field with KeyError."""
    changes: dict[str, tuple[Any, Any]] = {}
    for name, value in design.items():
        if name not in DESIGN_FIELDS:
            raise KeyError(name)
        before = getattr(version, name)
        if value != before and not (value in NOTHING and before in NOTHING):
            setattr(version, name, value)
            changes[name] = (before, value)
            if name.startswith("title_") and version.microcredential.state != MicroCredential.State.IMPORTED:
                rules.check_name(str(value), field=name)
    rules.check_ects(version.ects)
    if changes.keys() & {"responsible_teacher", "responsible_email"}:
        rules.check_responsible(version.responsible_teacher or account_of(version.responsible_email))
    return changes


def account_of(email: str) -> User | None:
    """Whose account has this address: the form and the API make its owner the responsible teacher."""
    return User.objects.filter(email=normal_email(email), is_active=True).first() if email else None


def replace_bodies(version: MicroCredentialVersion, bodies: Iterable[Body]) -> list[AwardingBody]:
    """Refuses `twice`: a body that is named again."""
    bodies = list(bodies)
    if len({body.name for body in bodies}) < len(bodies):
        raise RuleViolation("twice", _("A body is named twice."), field="awarding_bodies")
    version.awarding_bodies.all().delete()
    rows = [AwardingBody(version=version, order=order, **vars(body)) for order, body in enumerate(bodies)]
    store_new(rows)
    return rows


def replace_teachers(version: MicroCredentialVersion, teachers: Sequence[Teaching]) -> None:
    _replace(version, Teacher, teachers)


def replace_supporters(version: MicroCredentialVersion, supporters: Sequence[Support]) -> None:
    _replace(version, Supporter, supporters)


def _replace(version: MicroCredentialVersion, model: Any, written: Sequence[Any]) -> None:
    """Rows in their order; those not named again go."""
    existing = {row.pk: row for row in model.objects.filter(version=version)}
    kept = {one.id for one in written}
    model.objects.filter(version=version).exclude(pk__in=kept & existing.keys()).delete()
    for order, one in enumerate(written):
        row = existing.get(one.id) or model(version=version)
        row.order = order
        for name, value in vars(one).items():
            if name != "id":
                setattr(row, name, value)
        store(row)


def replace_outcomes(
    version: MicroCredentialVersion,
    outcomes: Sequence[Outcome],
    held: Iterable[LearningOutcome] | None = None,
) -> list[LearningOutcome]:
    """Outcomes in their order, coded RA1, RA2 … where no code is given; those not named again go.

    `held` are those there are, where the caller has read them.
    """
    present = version.outcomes.all() if held is None else held
    existing: dict[UUID | None, LearningOutcome] = {row.pk: row for row in present}
    kept = {outcome.id for outcome in outcomes}
    for key, row in existing.items():
        if key not in kept:
            row.assessments.clear()
            row.delete()
    _stand_aside(row for key, row in existing.items() if key in kept)
    rows = []
    for order, outcome in enumerate(outcomes):
        row = existing.get(outcome.id) or LearningOutcome(version=version)
        row.code = outcome.code or f"RA{order + 1}"
        row.kind, row.esco_uri, row.order = outcome.kind, rules.esco_address(outcome.esco_uri), order
        for name, text in outcome.texts.items():
            setattr(row, name, text)
        rows.append(row)
    _store_all(rows, existing)
    return rows


def replace_assessments(
    version: MicroCredentialVersion,
    evaluations: Sequence[Evaluation],
    held: Iterable[Assessment] | None = None,
) -> list[Assessment]:
    """Assessments in their order, coded E1, E2 … where no code is given; those not named again go.

    `held` are those there are, where the caller has read them.
    """
    present = version.assessments.all() if held is None else held
    existing: dict[UUID | None, Assessment] = {row.pk: row for row in present}
    linked = any(evaluation.outcomes for evaluation in evaluations)
    named = named_outcomes(version) if linked else {}
    kept = {evaluation.id for evaluation in evaluations}
    for key, row in existing.items():
        if key not in kept:
            row.outcomes.clear()
            row.delete()
    _stand_aside(row for key, row in existing.items() if key in kept)
    rows = []
    for order, evaluation in enumerate(evaluations):
        row = existing.get(evaluation.id) or Assessment(version=version)
        row.code = evaluation.code or f"E{order + 1}"
        row.weight, row.order = evaluation.weight, order
        for name, text in evaluation.texts.items():
            setattr(row, name, text)
        rows.append(row)
    _store_all(rows, existing)
    for row, evaluation in zip(rows, evaluations, strict=True):
        if evaluation.outcomes or row.pk in existing:
            row.outcomes.set([named[name] for name in evaluation.outcomes if name in named])
    return rows


def named_outcomes(version: MicroCredentialVersion) -> dict[UUID | str, LearningOutcome]:
    """The outcomes of a version by every name that an assessment may give them."""
    return {name: outcome for outcome in version.outcomes.all() for name in (outcome.pk, outcome.code)}


def copy_design(source: MicroCredentialVersion, target: MicroCredentialVersion) -> None:
    """All rows of one version, again, for the next; assessments with the copies of their outcomes."""
    copied = rows_of(source)
    codes = {outcome.id: outcome.code for outcome in copied["outcomes"]}
    copied["assessments"] = [
        replace(row, outcomes=tuple(codes[key] for key in row.outcomes)) for row in copied["assessments"]
    ]
    for name, rows in copied.items():
        REPLACE[name](target, [replace(row, id=None) if hasattr(row, "id") else row for row in rows])


def rows_of(version: MicroCredentialVersion, names: Iterable[str] = ()) -> dict[str, list[Any]]:
    """The rows of a version as they would be written again, all or those named, in the order of writing."""
    return {name: READ[name](version) for name in REPLACE if not names or name in names}


def _bodies(version: MicroCredentialVersion) -> list[Body]:
    return [
        Body(row.name, row.is_coordinating, row.agreement_id, row.country, row.region)
        for row in version.awarding_bodies.all()
    ]


def _supporters(version: MicroCredentialVersion) -> list[Support]:
    return [
        Support(row.name, row.interest, row.expressed_on, row.evidence_id, row.pk, row.partner_id)
        for row in version.supporters.all()
    ]


def _outcomes(version: MicroCredentialVersion) -> list[Outcome]:
    return [
        Outcome(_texts(row, ("text",)), kind=row.kind, code=row.code, esco_uri=row.esco_uri, id=row.pk)
        for row in version.outcomes.all()
    ]


def _assessments(version: MicroCredentialVersion) -> list[Evaluation]:
    return [
        Evaluation(
            _texts(row, ("name", "criteria")),
            outcomes=tuple(sorted(outcome.pk for outcome in row.outcomes.all())),
            weight=row.weight,
            code=row.code,
            id=row.pk,
        )
        for row in version.assessments.prefetch_related("outcomes")
    ]


def _teachers(version: MicroCredentialVersion) -> list[Teaching]:
    return [
        Teaching(row.name, row.role, row.is_external, row.institution, row.hours, row.pk)
        for row in version.teachers.all()
    ]


READ: dict[str, Callable[[MicroCredentialVersion], list[Any]]] = {
    "awarding_bodies": _bodies,
    "supporters": _supporters,
    "outcomes": _outcomes,
    "assessments": _assessments,
    "teachers": _teachers,
}
REPLACE: dict[str, Callable[[MicroCredentialVersion, Any], object]] = {
    "awarding_bodies": replace_bodies,
    "supporters": replace_supporters,
    "outcomes": replace_outcomes,
    "assessments": replace_assessments,
    "teachers": replace_teachers,
}


def gaps_of(version: MicroCredentialVersion) -> list[rules.Gap]:
    """What is missing before approval, read from the database."""
    assessments = list(version.assessments.prefetch_related("outcomes"))
    return rules.gaps(
        version,
        bodies=list(version.awarding_bodies.all()),
        outcomes=list(version.outcomes.all()),
        assessments=assessments,
        assessed=frozenset(outcome.pk for row in assessments for outcome in row.outcomes.all()),
    )


def settle(
    version: MicroCredentialVersion, fields: Iterable[str] = (), gaps: list[rules.Gap] | None = None
) -> list[rules.Gap]:
    """Save the version with its completeness; where it is the one shown, what lists and searches use too.

    Answers what is still missing: `gaps`, where the caller knows them.
    """
    gaps = gaps_of(version) if gaps is None else gaps
    version.elements_done = completeness.done(gaps)
    version.save(update_fields={*fields, "elements_done"})
    if version.microcredential.current_id == version.pk:
        keep_keys(version)
    return gaps


def keep_keys(version: MicroCredentialVersion) -> None:
    """The sort and search keys of the micro-credential, and its scope's label, from the version in force."""
    microcredential = version.microcredential
    title = version.title_es or ""  # type: ignore[attr-defined]
    microcredential.sort_title = sort_key(title)[:MAX_TITLE]
    microcredential.title_key = folded(title)[:MAX_TITLE]
    microcredential.search_key = sort_key(
        " ".join(
            filter(
                None,
                [
                    microcredential.code,
                    *(getattr(version, f"title_{language}") for language in LANGUAGES),
                    version.field_of_study,
                    version.responsible,
                ],
            )
        )
    )
    microcredential.save(update_fields=["sort_title", "title_key", "search_key"])
    if microcredential.scope.label != title:
        microcredential.scope.label = title
        microcredential.scope.save(update_fields=["label"])


def _texts(row: Any, names: Sequence[str]) -> dict[str, str]:
    return {
        f"{name}_{language}": text
        for name in names
        for language in LANGUAGES
        if (text := getattr(row, f"{name}_{language}"))
    }


def _store_all(rows: Sequence[Any], existing: Mapping[UUID | None, Any]) -> None:
    for row in rows:
        if row.pk in existing:
            store(row)
    store_new([row for row in rows if row.pk not in existing])


def _stand_aside(rows: Iterable[Any]) -> None:
    """Codes are unique in a version: free them before they are given anew in another order."""
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(code=f"~{row.pk.hex[:10]}")


def _free_code() -> str:
    while Scope.objects.filter(code=(code := next_code("MC"))).exists():
        continue
    return code
