"""Creating and editing the design of a micro-credential, and beginning its next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import versions
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import folded
from iqas.organisation.models import Centre, Scope, University
from microcredentials import rules
from microcredentials.models import MicroCredential, MicroCredentialVersion
from microcredentials.services import writing
from microcredentials.services.checks import store, validate
from microcredentials.services.seen import Seen, mine, stored
from microcredentials.services.writing import Body, Evaluation, Outcome

State = MicroCredential.State
UNCHANGEABLE = (State.IMPORTED, State.EXTINGUISHED)


@transaction.atomic
def create_microcredential(
    *,
    actor: Any,
    centre: Centre,
    code: str = "",
    bodies: Sequence[Body] | None = None,
    rows: Mapping[str, Sequence[Any]] | None = None,
    **design: Any,
) -> MicroCredential:
    """A draft in the centre, awarded by the university unless `bodies` or `rows` say otherwise.

    `rows` are those of `writing.REPLACE`. `design` holds fields of the version (`title_es` is needed). Refuses `title-taken`, `code-taken` and what
    `rules` and the fields refuse. `actor` is None for the terminal.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)
    if actor is not None:
        require(actor, "microcredential.create", centre)
    check_title_free(centre, str(design.get("title_es") or ""))
    if code and Scope.objects.filter(code=code).exists():
        raise RuleViolation("code-taken", _("This code is already used."), field="code")
    version = writing.new_microcredential(
        centre=centre, code=code, design=design, state=State.DRAFT, writer=actor
    )
    microcredential = version.microcredential
    written = {"awarding_bodies": bodies if bodies is not None else [Body(University.current().name, True)]}
    written |= dict(rows or {})
    for name, replace in writing.REPLACE.items():
        if name in written:
            check_outcomes_named(version, name, written[name])
            replace(version, written[name])
    writing.settle(version)
    record(
        actor=actor,
        action="microcredential.created",
        subject=microcredential,
        scope=microcredential.scope,
        after={"code": microcredential.code, "title": version.title_es},  # type: ignore[attr-defined]
    )
    return microcredential


@transaction.atomic
def edit_version(
    *,
    actor: Any,
    version: MicroCredentialVersion,
    seen: int | Seen,
    bodies: Sequence[Body] | None = None,
    rows: Mapping[str, Sequence[Any]] | None = None,
    **design: Any,
) -> MicroCredentialVersion:
    """Save fields and rows of a draft. Refuses `StaleVersion`, `frozen`, `title-taken` and what the rules refuse.

    `seen` is the version that the person had before them or, with `Seen`, what each field said: then only what two
    people both changed is refused, as `BothChanged`. `rows` are those of `writing.REPLACE`.
    """
    version = _for_writing(actor, version)
    written = dict(rows or {}) | ({} if bodies is None else {"awarding_bodies": bodies})
    if isinstance(seen, Seen):
        told = mine(version, seen, design | written)
        if not told:
            return version
        design = {name: value for name, value in told.items() if name in design}
        written = {name: value for name, value in told.items() if name in written}
        seen = version.version
    version = versions.claim(version, seen)
    changes = writing.apply_design(version, design)
    if "title_es" in changes:
        check_title_free(
            version.microcredential.centre, str(design["title_es"]), besides=version.microcredential
        )
    if changes:
        validate(version)
    before = {name: _plain(old) for name, (old, _new) in changes.items()}
    after = {name: _plain(new) for name, (_old, new) in changes.items()}
    for name, old in stored(version, written).items():
        if list(written[name]) != old:
            before[name] = _shown(version, name)
            check_outcomes_named(version, name, written[name])
            writing.REPLACE[name](version, written[name])
            after[name] = _shown(version, name)
    return _written(actor, version, changes, before, after)


def replace_outcomes(
    *, actor: Any, version: MicroCredentialVersion, seen: int | Seen, outcomes: Sequence[Outcome]
) -> MicroCredentialVersion:
    """Save the learning outcomes of a draft, in order. Refuses `StaleVersion` and `frozen`."""
    return edit_version(actor=actor, version=version, seen=seen, rows={"outcomes": outcomes})


def replace_assessments(
    *, actor: Any, version: MicroCredentialVersion, seen: int | Seen, assessments: Sequence[Evaluation]
) -> MicroCredentialVersion:
    """Save the assessments of a draft and the outcomes that each assesses. Refuses `StaleVersion` and `frozen`."""
    return edit_version(actor=actor, version=version, seen=seen, rows={"assessments": assessments})


@transaction.atomic
def begin_version(*, actor: Any, microcredential: MicroCredential) -> MicroCredentialVersion:
    """A draft of the next version, equal to the approved one. Refuses `draft-exists` and `unchangeable`."""
    microcredential = MicroCredential.objects.select_for_update().get(pk=microcredential.pk)
    require(actor, "microcredential.edit", microcredential)
    if microcredential.state in UNCHANGEABLE:
        raise RuleViolation("unchangeable", _("A record in this state has no further version."))
    if microcredential.versions.filter(approved_at__isnull=True).exists():
        raise RuleViolation("draft-exists", _("There is already a draft of the next version."))
    source = microcredential.versions.latest("number")
    version = MicroCredentialVersion(microcredential=microcredential, number=source.number + 1)
    for name in writing.DESIGN_FIELDS:
        setattr(version, name, getattr(source, name))
    store(version, new=True)
    version.writers.add(actor)
    writing.copy_design(source, version)
    writing.settle(version)
    record(
        actor=actor,
        action="version.begun",
        subject=microcredential,
        scope=microcredential.scope,
        after={"version": version.number},
    )
    return version


def check_title_free(centre: Centre, title: str, besides: MicroCredential | None = None) -> None:
    """Refuses `title-taken`: in a centre, a title is how an import recognises a micro-credential."""
    same = MicroCredential.objects.filter(centre=centre, title_key=folded(title)[:300])
    if besides is not None:
        same = same.exclude(pk=besides.pk)
    if title and same.exists():
        raise RuleViolation(
            "title-taken", _("This centre already has a micro-credential with this title."), field="title_es"
        )


def check_outcomes_named(version: MicroCredentialVersion, name: str, rows: Sequence[Any]) -> None:
    """Refuses `unknown-outcome`: an assessment that names an outcome which the version does not have."""
    if name != "assessments":
        return
    unknown = {name for row in rows for name in row.outcomes} - writing.named_outcomes(version).keys()
    if unknown:
        message = _("There is no learning outcome %(code)s.") % {"code": min(map(str, unknown))}
        raise RuleViolation("unknown-outcome", message, field="assessments")


def _for_writing(actor: Any, version: MicroCredentialVersion) -> MicroCredentialVersion:
    """The version, locked, permitted and unfrozen."""
    MicroCredential.objects.select_for_update().get(pk=version.microcredential_id)
    version = MicroCredentialVersion.objects.select_related(
        "microcredential__scope", "microcredential__centre", "responsible_teacher"
    ).get(pk=version.pk)
    require(actor, "microcredential.edit", version.microcredential)
    if version.microcredential.state in UNCHANGEABLE:
        raise RuleViolation("unchangeable", _("A record in this state is not edited."))
    rules.check_editable(version)
    return version


def _written(
    actor: Any,
    version: MicroCredentialVersion,
    fields: Any,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> MicroCredentialVersion:
    writing.settle(version, fields)
    version.writers.add(actor)
    if before != after:
        record(
            actor=actor,
            action="microcredential.edited",
            subject=version.microcredential,
            scope=version.microcredential.scope,
            before=before,
            after=after,
        )
    return version


def _plain(value: Any) -> Any:
    """What the audit trail keeps of a field: people by name, decimals as text."""
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)


def _shown(version: MicroCredentialVersion, name: str) -> list[str]:
    return [str(row) for row in getattr(version, name).all()]
