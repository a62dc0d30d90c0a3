"""The register of learners and enrolments: forms, imports and the demonstration all write through `Register`.

It works in bulk: what it asks of the database does not grow with every row, only with every few hundred.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError
from iqas.organisation.models import University
from microcredentials.erased import erased_among, forget
from microcredentials.identity import Identity, same_name, write_identity
from microcredentials.importers.taking import CHECKING, Progress, silent, told_every
from microcredentials.models import (
    Edition,
    Enrolment,
    Learner,
    LearnerStatistics,
    MicroCredential,
)
from microcredentials.models.enrolments import GRADE_ONLY_ASSESSED, STEPS
from microcredentials.services.bulk import CHUNK, chunks, overwrite
from microcredentials.services.editions import check_unsigned
from microcredentials.services.enrolment_counts import derive_counts

State = Enrolment.State
GRADED = (State.PASSED, State.FAILED)
TAKES_LEARNERS = (Edition.State.OPEN, Edition.State.RUNNING, Edition.State.FINISHED)


@dataclass(slots=True)
class Entry:
    """One line for the register: who, in which edition, with what result, and why where it corrects one. `state` "" says nothing."""

    row: int
    edition: Edition
    identity: Identity
    statistics: dict[str, Any] = field(default_factory=dict)
    state: str = ""
    grade: Decimal | None = None
    enrolled_on: dt.date | None = None
    state_on: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A result that was recorded already and now says otherwise."""

    enrolment: Enrolment
    edition: Edition
    before: dict[str, Any]
    reason: str


@dataclass(slots=True)
class Person:
    """A learner as the register will have it, and the first row that speaks of them (0: nobody yet)."""

    learner: Learner
    is_new: bool
    row: int = 0
    changed: bool = False
    statistics: LearnerStatistics | None = None
    statistics_changed: bool = False


@dataclass
class Written:
    """What the register did."""

    learners_created: int = 0
    learners_updated: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    passed_over: list[int] = field(default_factory=list)
    editions: set[UUID] = field(default_factory=set)

    @property
    def changed_anything(self) -> bool:
        return bool(self.learners_created or self.learners_updated or self.created or self.updated)


def lock_register() -> None:
    """One writer of the register at a time: two imports of the same people must not make them twice."""
    University.objects.select_for_update().first()


class Register:
    """Writes entries in the caller's transaction. What cannot be written is in `problems`, and then nothing is.

    `readmits`: who was erased asks for it themselves. Without it they are passed over.
    """

    def __init__(self, *, actor: Any, readmits: bool = False) -> None:
        self.actor = actor
        self.problems: list[RowError] = []
        self.written = Written()
        self.new: list[Enrolment] = []
        self.changed: list[Enrolment] = []
        self.corrections: list[Correction] = []
        self._people: dict[tuple[str, str], Person] = {}
        self._enrolments: dict[tuple[UUID, UUID], Enrolment] = {}
        self._rows: dict[tuple[UUID, UUID], int] = {}
        self._erased: frozenset[tuple[str, str]] = frozenset()
        self._readmits = readmits
        self.readmitted: list[Learner] = []

    def take(self, entries: Sequence[Entry], *, write: bool = True, progress: Progress = silent) -> Written:
        """Resolves every entry, and writes all of them where none has a problem; `write=False` only looks for those."""
        lock_register()
        self._hold_editions(entries)
        self._know(entries)
        people: dict[int, Person] = {}
        for done, entry in enumerate(entries):
            if told_every(done):
                progress(done, len(entries), CHECKING)
            try:
                person = self._person(entry)
                if person is None:
                    self.written.passed_over.append(entry.row)
                    continue
                people[id(person)] = person
                self._enrol(entry, person.learner)
            except RuleViolation as refusal:
                self.problems.append(RowError.of(entry.row, refusal))
        if write and not self.problems:
            self._write(list(people.values()))
        return self.written

    # --- who is known --------------------------------------------------------------------------------

    def _hold_editions(self, entries: Sequence[Entry]) -> None:
        """The editions as stored now, while nobody signs, closes or cancels them."""
        stored: dict[UUID, Edition] = {}
        for chunk in chunks(sorted({entry.edition.microcredential_id for entry in entries})):
            list(MicroCredential.objects.select_for_update().filter(pk__in=chunk).order_by("pk"))
        for chunk in chunks(sorted({entry.edition.pk for entry in entries})):
            stored |= Edition.objects.select_related("microcredential__scope").in_bulk(chunk)
        for entry in entries:
            entry.edition = stored[entry.edition.pk]

    def _know(self, entries: Sequence[Entry]) -> None:
        """Reads whom and what the entries may mean, some hundred keys at a time."""
        wanted: dict[str, set[str]] = {name: set() for name in Learner.KEYS}
        for entry in entries:
            for name, key in entry.identity.keys().items():
                wanted[name].add(key)
        self._know_people(wanted, with_statistics=any(entry.statistics for entry in entries))
        self._erased = erased_among((name, key) for name, keys in wanted.items() for key in keys)
        for chunk in chunks(sorted({entry.edition.pk for entry in entries})):
            for enrolment in Enrolment.objects.filter(edition__in=chunk, learner__erased_at__isnull=True):
                self._enrolments[enrolment.edition_id, enrolment.learner_id] = enrolment

    def _know_people(self, wanted: dict[str, set[str]], *, with_statistics: bool) -> None:
        known: dict[UUID, Person] = {}
        for name, keys in wanted.items():
            for chunk in chunks(sorted(keys)):
                for learner in Learner.objects.filter(**{f"{name}__in": chunk}):
                    known.setdefault(learner.pk, Person(learner, is_new=False))
        for person in known.values():
            self._index(person)
        for some in chunks(sorted(known) if with_statistics else []):
            for statistics in LearnerStatistics.objects.filter(learner__in=some):
                known[statistics.learner_id].statistics = statistics

    def _index(self, person: Person) -> None:
        for name in Learner.KEYS:
            if key := getattr(person.learner, name):
                self._people[name, key] = person

    def _person(self, entry: Entry) -> Person | None:
        """The person that the entry means, made where nobody is known; None for who asked to be forgotten."""
        keys = entry.identity.keys()
        if not keys:
            raise RuleViolation(
                "no-identity",
                _("An e-mail, an identity document or a student number is needed."),
                field="email",
            )
        found: dict[int, Person] = {}
        for name, key in keys.items():
            if (person := self._people.get((name, key))) is not None:
                found[id(person)] = person
                if len(found) > 1:
                    raise RuleViolation(
                        "two-people",
                        _("Its keys belong to two different people of the register."),
                        field=FIELD_OF_KEY[name],
                    )
        if not found:
            was_erased = [one for one in keys.items() if one in self._erased]
            if was_erased and not self._readmits:
                return None
            person = self._new(entry)
            if was_erased:
                self.readmitted.append(person.learner)
        else:
            person = next(iter(found.values()))
            self._revise(entry, person, keys)
        person.row = person.row or entry.row
        self._index(person)
        self._count_in(entry, person)
        return person

    def _new(self, entry: Entry) -> Person:
        for name in ("given_name", "family_name"):
            if not getattr(entry.identity, name):
                raise RuleViolation("missing", _("A new person needs given and family name."), field=name)
        learner = Learner()
        write_identity(learner, entry.identity.says_of())
        return Person(learner, is_new=True)

    def _revise(self, entry: Entry, person: Person, keys: dict[str, str]) -> None:
        """Takes over what the entry says anew, where it can only be the same person."""
        learner = person.learner
        by_email_alone = all(
            getattr(learner, name) != key for name, key in keys.items() if name != "email_key"
        )
        for name in ("document_key", "student_key"):
            if name in keys and getattr(learner, name) not in (None, keys[name]):
                raise RuleViolation(
                    "other-person",
                    _("The other keys belong to a person with another %(field)s.")
                    % {"field": _("document number") if name == "document_key" else _("student number")},
                    field=FIELD_OF_KEY[name],
                )
        if by_email_alone and not same_name(learner, entry.identity):
            raise RuleViolation(
                "other-name",
                _(
                    "This e-mail belongs to a person with another name: give their own, or a document or student number."
                ),
                field="email",
            )
        said = entry.identity.says_of()
        if same_name(learner, entry.identity):
            said = {name: value for name, value in said.items() if name not in ("given_name", "family_name")}
        if said.get("email", "").casefold() == learner.email.casefold():
            said.pop("email", None)
        changes = {name: value for name, value in said.items() if value != getattr(learner, name)}
        if not changes:
            return
        if person.row and (contradicted := [name for name in changes if getattr(learner, name)]):
            raise contradiction(person.row, contradicted[0])
        write_identity(learner, changes)
        person.changed = True

    def _count_in(self, entry: Entry, person: Person) -> None:
        """Keeps what is only ever counted, apart."""
        said = {name: value for name, value in entry.statistics.items() if value not in ("", None)}
        if not said:
            return
        if person.statistics is None:
            person.statistics = LearnerStatistics(learner=person.learner)
        changes = {name: value for name, value in said.items() if value != getattr(person.statistics, name)}
        contradicted = [name for name in changes if getattr(person.statistics, name) not in ("", None)]
        if contradicted and person.row != entry.row:
            raise contradiction(person.row, contradicted[0])
        for name, value in changes.items():
            setattr(person.statistics, name, value)
        person.statistics_changed = person.statistics_changed or bool(changes)

    # --- in which edition ----------------------------------------------------------------------------

    def _enrol(self, entry: Entry, learner: Learner) -> None:
        place = (entry.edition.pk, learner.pk)
        if place in self._rows:
            message = _("Row %(row)s enrols the same person in the same edition.") % {
                "row": self._rows[place]
            }
            raise RuleViolation("twice", message)
        self._rows[place] = entry.row
        enrolment = self._enrolments.get(place)
        if enrolment is None:
            self._check_takes(entry.edition)
            enrolment = Enrolment(
                edition=entry.edition,
                learner=learner,
                state=entry.state or State.ENROLLED,
                grade=entry.grade,
                enrolled_on=entry.enrolled_on,
                state_on=entry.state_on,
            )
            self.new.append(enrolment)
            self.written.editions.add(entry.edition.pk)
        elif self._alter(entry, enrolment):
            check_unsigned(entry.edition)
            self.changed.append(enrolment)
            self.written.editions.add(entry.edition.pk)
        else:
            self.written.unchanged += 1
            return
        check_enrolment(enrolment, entry.edition)

    def _check_takes(self, edition: Edition) -> None:
        check_unsigned(edition)
        if edition.state not in TAKES_LEARNERS:
            raise RuleViolation(
                "not-open",
                _("The registration of %(code)s is not open.") % {"code": edition.code},
                field="edition",
            )

    def _alter(self, entry: Entry, enrolment: Enrolment) -> bool:
        """Brings the enrolment to what the entry says; whether anything changed. Empty cells never erase."""
        changed = False
        if entry.state and entry.state != enrolment.state:
            check_unsigned(entry.edition)
            before = {"state": enrolment.state, "grade": enrolment.grade}
            if move(enrolment, entry.state, reason=entry.reason):
                self.corrections.append(Correction(enrolment, entry.edition, before, entry.reason))
            enrolment.state_on = enrolment.grade = None
            changed = True
        for name in ("grade", "enrolled_on", "state_on"):
            value = getattr(entry, name)
            if value is not None and value != getattr(enrolment, name):
                setattr(enrolment, name, value)
                changed = True
        return changed

    # --- writing -------------------------------------------------------------------------------------

    def _write(self, people: list[Person]) -> None:
        made = [person.learner for person in people if person.is_new]
        revised = [person.learner for person in people if person.changed and not person.is_new]
        for learner in revised:
            learner.version += 1
        for enrolment in self.changed:
            enrolment.version += 1
        counted = [p.statistics for p in people if p.statistics is not None and p.statistics_changed]
        Learner.objects.bulk_create(made, batch_size=CHUNK)
        overwrite(revised, [*Learner.IDENTITY, *Learner.KEYS, "sort_name", "search_key", "version"])
        overwrite(counted, LearnerStatistics.FIELDS, key="learner")
        for learner in self.readmitted:
            forget((name, key) for name in Learner.KEYS if (key := getattr(learner, name)))
        Enrolment.objects.bulk_create(self.new, batch_size=CHUNK)
        overwrite(self.changed, ["state", "grade", "enrolled_on", "state_on", "version"])
        self.written.learners_created, self.written.learners_updated = len(made), len(revised)
        self.written.created, self.written.updated = len(self.new), len(self.changed)
        derive_counts(actor=self.actor, editions=self.written.editions)
        for correction in self.corrections:
            self._record(correction)

    def _record(self, correction: Correction) -> None:
        """An event of its own: the one of the import says only how many rows it changed."""
        enrolment = correction.enrolment
        record(
            actor=self.actor,
            action="enrolment.changed",
            subject=enrolment,
            scope=correction.edition.microcredential.scope,
            before=correction.before,
            after={"state": enrolment.state, "grade": enrolment.grade},
            reason=correction.reason,
        )


FIELD_OF_KEY = {"student_key": "student_number", "document_key": "document_number", "email_key": "email"}


def move(enrolment: Enrolment, target: str, *, reason: str) -> bool:
    """To a state by its transition; whether it went by way of *enrolled*, as a correction. Refuses `no-reason` of one."""
    step = getattr(enrolment, STEPS[State(target)])
    corrects = target == State.ENROLLED or not can_proceed(step)
    if corrects and not reason.strip():
        raise RuleViolation(
            "no-reason",
            _("%(state)s was recorded already: say why it is corrected. It stays in the history.")
            % {"state": str(State(enrolment.state).label).capitalize()},
            field="reason",
        )
    if corrects:
        enrolment.reopen()
    if enrolment.state != target:
        step()
    return corrects


def check_enrolment(enrolment: Enrolment, edition: Edition) -> None:
    """Refuses `grade-range`, `grade-without-result`, `dates-order` and `not-before-start`."""
    if enrolment.grade is not None and not 0 <= enrolment.grade <= 10:
        raise RuleViolation("grade-range", _("A grade is a number from 0 to 10."), field="grade")
    if enrolment.grade is not None and enrolment.state not in GRADED:
        raise RuleViolation("grade-without-result", GRADE_ONLY_ASSESSED, field="grade")
    if enrolment.state_on is not None:
        if enrolment.enrolled_on is not None and enrolment.state_on < enrolment.enrolled_on:
            raise RuleViolation(
                "dates-order", _("Nobody leaves or finishes before enrolling."), field="state_on"
            )
        if (
            enrolment.state == State.WITHDRAWN_EARLY
            and edition.starts is not None
            and enrolment.state_on >= edition.starts
        ):
            raise RuleViolation(
                "not-before-start",
                _("The edition had begun by then: this is a withdrawal, not one before the start."),
                field="state_on",
            )


def contradiction(row: int, column: str) -> RuleViolation:
    return RuleViolation(
        "contradiction",
        _("Row %(row)s speaks of the same person and says otherwise.") % {"row": row},
        field=column,
    )
