"""A whole catalogue at once: all of it or nothing, and the same answer in a dry run, because a dry run does the work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import IO, Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError, folded
from iqas.organisation.models import AcademicYear, Centre, Scope, University
from iqas.organisation.services import ensure_year
from microcredentials import rules
from microcredentials.importers.catalogue import CatalogueRow, read_row
from microcredentials.importers.columns import COLUMNS
from microcredentials.importers.report import ImportReport, RowNote
from microcredentials.importers.taking import (
    CHECKING,
    Progress,
    all_or_nothing,
    rows_in,
    sha256_of,
    silent,
    told_every,
)
from microcredentials.models import (
    Assessment,
    Edition,
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
)
from microcredentials.services import writing
from microcredentials.services.checks import store, validate
from microcredentials.services.editions import check_not_over, new_edition
from microcredentials.services.writing import Body, Evaluation, Outcome

MAX_ROWS = 20_000
ALWAYS_ASKED = frozenset({"title", "ects"})
NO_COLUMN_FOR_IT = frozenset({"outcome-not-assessed", "no-criteria", "no-agreement"})  # which no list can say
COLUMN_OF_GAP = {"awarding_bodies": "university"}


def import_catalogue(
    *,
    actor: Any,
    file: IO[bytes],
    centre: Centre,
    drafts: bool = False,
    dry_run: bool = False,
    filename: str = "",
    progress: Progress = silent,
) -> ImportReport:
    """Create and update micro-credentials and editions of a centre from a CSV or XLSX file.

    A row is matched by `code`, else by its title in the centre. An illegal value rejects the file. What a row does not
    say rejects it too, unless `drafts`: then it becomes a draft that lists what is missing. Asked of every row are title
    and ECTS, and whatever the file has a column for. Empty cells never erase. `actor` is None for the terminal.
    """
    if actor is not None:
        require(actor, "microcredential.import", centre)
    report = ImportReport(sha256=sha256_of(file))
    work = _Import(actor, centre, drafts, report, progress)
    rows = work.read(file)
    with all_or_nothing(report, dry_run=dry_run):
        work.run(rows, filename)
    return report


class _Import:
    def __init__(
        self, actor: Any, centre: Centre, drafts: bool, report: ImportReport, progress: Progress
    ) -> None:
        self.actor = actor
        self.progress = progress
        self.centre = centre
        self.drafts = drafts
        self.report = report
        self.columns: frozenset[str] = frozenset()
        self.years: dict[dt.date, AcademicYear] = {}  # of a first day
        self.seen: dict[Any, int] = {}  # micro-credential → the first row that spoke of it
        self.created: set[Any] = set()
        self.updated: set[Any] = set()

    def read(self, file: IO[bytes]) -> list[CatalogueRow]:
        """What the rows say, read before anything is locked."""
        found = []
        for row in rows_in(
            file,
            self.report,
            headers=COLUMNS,
            required=["title"],
            max_rows=MAX_ROWS,
            progress=self.progress,
        ):
            self.columns = frozenset(row.values)
            found.append(read_row(row))
        return found

    def run(self, rows: list[CatalogueRow], filename: str) -> None:
        self._hold()
        for done, row in enumerate(rows):
            if told_every(done):
                self.progress(done, len(rows), CHECKING)
            self.report.names[row.number] = row.name
            self.report.rejected += row.errors
            if not row.errors:
                self._take(row)
        self.report.created = len(self.created)
        self.report.updated = len(self.updated - self.created)
        self.report.unchanged = len(set(self.seen) - self.created - self.updated)
        if self.report.rejected or not (self.report.created or self.report.updated):
            return
        record(
            actor=self.actor,
            action="catalogue.imported",
            subject=self.centre,
            scope=self.centre.scope,
            after={
                "file": filename,
                "sha256": self.report.sha256,
                "rows": self.report.rows,
                "created": self.report.created,
                "updated": self.report.updated,
                "drafts": self.drafts,
            },
        )

    def _hold(self) -> None:
        """The centre and all that it offers, while nobody edits it: what the rows are compared with is what is stored."""
        Centre.objects.select_for_update().get(pk=self.centre.pk)
        held = MicroCredential.objects.select_for_update().filter(centre=self.centre).order_by("pk")
        list(held.values_list("pk"))

    def _take(self, row: CatalogueRow) -> None:
        try:
            with transaction.atomic():
                self._write(row)
        except RuleViolation as refusal:
            column = (refusal.field or "").removesuffix("_es")
            column = {"responsible_name": "responsible_teacher"}.get(column, column)
            self.report.rejected.append(RowError.of(row.number, refusal, column))

    def _write(self, row: CatalogueRow) -> None:
        existing = self._match(row)
        if existing is None:
            version, gaps = self._create(row)
            outcome = "created"
        else:
            version, gaps, changed = self._change(row, existing)
            outcome = "updated" if changed else "unchanged"
        microcredential = version.microcredential
        self.seen.setdefault(microcredential.pk, row.number)
        if self._edition(row, microcredential, among=microcredential.editions.all() if existing else None):
            outcome = "updated" if existing else "created"
        missing = self._missing(row, [] if version.is_frozen else gaps)
        if not self.drafts and any(map(self._is_asked, missing)):
            self.report.rejected += missing
            return
        if outcome != "unchanged":
            (self.updated if existing else self.created).add(microcredential.pk)
        self.report.notes.append(
            RowNote(
                row.number,
                row.name,
                microcredential.code,
                outcome,
                () if version.is_frozen else tuple(missing),
            )
        )

    def _match(self, row: CatalogueRow) -> MicroCredential | None:
        wanted = Q(code=row.code) if row.code else Q()
        if row.title:
            same_title = Q(centre=self.centre, title_key=folded(row.title)[:300])
            wanted |= same_title & ~Q(state=MicroCredential.State.IMPORTED)
        known = list(MicroCredential.objects.select_related("current", "scope", "centre").filter(wanted))
        if row.code:
            return self._of_code(row, known)
        if len(known) > 1:
            raise RuleViolation(
                "ambiguous-title",
                _("Several micro-credentials of the centre have this title: give the code."),
                field="code",
            )
        return known[0] if known else None

    def _of_code(self, row: CatalogueRow, known: list[MicroCredential]) -> MicroCredential | None:
        found = next((each for each in known if each.code == row.code), None)
        if found is not None:
            if found.centre_id != self.centre.pk:
                raise RuleViolation("other-centre", _("This code belongs to another centre."), field="code")
            return found
        if Scope.objects.filter(code=row.code).exists():
            raise RuleViolation("code-taken", _("This code is already used."), field="code")
        if known:
            message = _("The centre already has this title under the code %(code)s.")
            raise RuleViolation("title-taken", message % {"code": known[0].code}, field="title")
        return None

    def _create(self, row: CatalogueRow) -> tuple[MicroCredentialVersion, list[rules.Gap]]:
        if not row.title:
            raise RuleViolation("missing", rules.NO_TITLE, field="title")
        version = writing.new_microcredential(
            centre=self.centre,
            code=row.code,
            design=row.design,
            state=MicroCredential.State.DRAFT,
            writer=self.actor,
        )
        gaps = rules.gaps(
            version,
            bodies=writing.replace_bodies(version, row.bodies or [Body(University.current().name, True)]),
            outcomes=_write_outcomes(version, row.outcomes, ()),
            assessments=_write_assessments(version, row.assessments, ()),
            assessed=frozenset(),
        )
        return version, writing.settle(version, gaps=gaps)

    def _change(
        self, row: CatalogueRow, existing: MicroCredential
    ) -> tuple[MicroCredentialVersion, list[rules.Gap], bool]:
        """The newest version, what it lacks, and whether the row changed it."""
        if existing.state in (MicroCredential.State.IMPORTED, MicroCredential.State.EXTINGUISHED):
            raise RuleViolation("unchangeable", _("A record in this state is not edited."), field="code")
        version = (
            existing.versions.select_related("responsible_teacher")
            .prefetch_related("awarding_bodies", "outcomes", "assessments")
            .order_by("-number")[0]
        )
        version.microcredential = existing
        held_outcomes, held_assessments = version.outcomes.all(), version.assessments.all()
        changes = writing.apply_design(version, row.design)
        bodies = row.bodies if _names(version.awarding_bodies.all()) != _names(row.bodies) else []
        outcomes = row.outcomes if list(_by_spanish(held_outcomes, "text")) != row.outcomes else []
        assessments = (
            row.assessments if list(_by_spanish(held_assessments, "name")) != row.assessments else []
        )
        if not (changes or bodies or outcomes or assessments):
            return version, writing.gaps_of(version), False
        self._refuse_contradiction(row, existing, changes, bodies)
        rules.check_editable(version)
        validate(version)
        if bodies:
            writing.replace_bodies(version, bodies)
        if outcomes:
            _write_outcomes(version, outcomes, held_outcomes)
        if assessments:
            _write_assessments(version, assessments, held_assessments)
        gaps = writing.settle(version, changes)
        MicroCredentialVersion.objects.filter(pk=version.pk).update(version=F("version") + 1)
        if self.actor is not None:
            version.writers.add(self.actor)
        return version, gaps, True

    def _refuse_contradiction(
        self, row: CatalogueRow, existing: MicroCredential, changes: dict[str, Any], bodies: list[Body]
    ) -> None:
        earlier = self.seen.get(existing.pk)
        if earlier is not None:
            column = next(iter(changes), "university" if bodies else "outcomes")
            raise RuleViolation(
                "contradiction",
                _("Row %(row)s speaks of the same micro-credential and says otherwise.") % {"row": earlier},
                field=column,
            )

    def _edition(
        self, row: CatalogueRow, microcredential: MicroCredential, among: QuerySet[Edition] | None
    ) -> bool:
        """Whether the row's edition was made or changed. An edition is known by its first day."""
        if row.starts is None or row.ends is None:
            return False
        edition = None if among is None else among.filter(starts=row.starts).first()
        if edition is None:
            rules.check_offered(microcredential)
            new_edition(
                actor=self.actor,
                microcredential=microcredential,
                starts=row.starts,
                ends=row.ends,
                places=row.places,
                venue=row.venue,
                year=self._year(row.starts),
            )
            self.report.editions += 1
            return True
        wanted = {"ends": row.ends, "places": row.places, "venue": row.venue}
        changes = {name: value for name, value in wanted.items() if value and value != getattr(edition, name)}
        if not changes:
            return False
        check_not_over(edition, field=next(iter(changes)))
        for name, value in changes.items():
            setattr(edition, name, value)
        edition.revision += 1
        store(edition, fields=[*changes, "revision"])
        return True

    def _year(self, day: dt.date) -> AcademicYear:
        if day not in self.years:
            self.years[day] = ensure_year(actor=self.actor, date=day)
        return self.years[day]

    def _missing(self, row: CatalogueRow, gaps: list[rules.Gap]) -> list[RowError]:
        """What the row leaves unclear, then what the record lacks before approval, each column once."""
        missing = list(row.lacking)
        unclear = {error.field for error in missing}
        for gap in gaps:
            column = COLUMN_OF_GAP.get(gap.field, gap.field)
            if gap.code == "no-coordinator" and len(row.bodies) > 1:
                missing.append(RowError(row.number, column, "several-universities", _several(row.bodies)))
            elif column not in unclear:
                missing.append(RowError(row.number, column, gap.code, str(gap.message), gap.article))
        return missing

    def _is_asked(self, error: RowError) -> bool:
        return error.code not in NO_COLUMN_FOR_IT and (
            error.field in ALWAYS_ASKED or error.field in self.columns
        )


def _several(bodies: list[Body]) -> str:
    message = _(
        "The cell names %(count)s universities (%(names)s): each is an awarding body, but which one coordinates is not "
        "said (Annex I, element 4)."
    )
    return message % {"count": len(bodies), "names": "; ".join(_names(bodies))}


def _names(bodies: Any) -> list[str]:
    return [body.name for body in bodies]


def _by_spanish(rows: Any, name: str) -> dict[str, Any]:
    """Catalogues are written in Spanish: what they are compared with."""
    return {getattr(row, f"{name}_es"): row for row in rows}


def _write_outcomes(
    version: MicroCredentialVersion, texts: list[str], held: Iterable[LearningOutcome]
) -> list[LearningOutcome]:
    present = _by_spanish(held, "text")
    wanted = [_outcome(text, present.get(text)) for text in dict.fromkeys(texts)]
    return writing.replace_outcomes(version, wanted, held)


def _write_assessments(
    version: MicroCredentialVersion, names: list[str], held: Iterable[Assessment]
) -> list[Assessment]:
    present = _by_spanish(held, "name")
    wanted = [_evaluation(name, present.get(name)) for name in dict.fromkeys(names)]
    return writing.replace_assessments(version, wanted, held)


def _outcome(text: str, present: Any) -> Outcome:
    if present is None:
        return Outcome({"text_es": text})
    return Outcome({"text_es": text}, kind=present.kind, esco_uri=present.esco_uri, id=present.pk)


def _evaluation(name: str, present: Any) -> Evaluation:
    if present is None:
        return Evaluation({"name_es": name})
    linked = tuple(outcome.pk for outcome in present.outcomes.all())
    return Evaluation({"name_es": name}, outcomes=linked, weight=present.weight, id=present.pk)
