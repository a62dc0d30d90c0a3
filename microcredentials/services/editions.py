"""Planning editions, running them through their states, and recording how many learners."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record, record_changes
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation, StaleVersion
from iqas.organisation.models import AcademicYear, University
from iqas.organisation.services import ensure_year
from microcredentials import rules
from microcredentials.models import Edition, EnrolmentCount, MicroCredential
from microcredentials.services.checks import store
from microcredentials.workflow import blocked_by, leads_on, transitions_from

State = Edition.State
CHANGEABLE = ("starts", "ends", "places", "venue", "price", "teachers")
OVER = (State.CLOSED, State.CANCELLED)


@transaction.atomic
def plan_edition(
    *,
    actor: Any,
    microcredential: MicroCredential,
    starts: dt.date,
    ends: dt.date,
    places: int | None = None,
    venue: str = "",
    price: Decimal | None = None,
    teachers: str = "",
    repeats: Edition | None = None,
) -> Edition:
    """The next edition in the academic year of its first day, of the version in force.

    Places and price are those of the design where they are not said. `repeats` is the edition of the same
    micro-credential whose terms it takes over: its page lists what changed since. Refuses `suspended`, `unchangeable`
    (an extinguished micro-credential), `other-microcredential`, `dates-order` and `price-not-approved` (RD 822/2021
    art. 37.2). `actor` is None for the terminal.
    """
    microcredential = MicroCredential.objects.select_for_update().get(pk=microcredential.pk)
    if actor is not None:
        require(actor, "microcredential.edit", microcredential)
    rules.check_offered(microcredential)
    if repeats is not None and repeats.microcredential_id != microcredential.pk:
        raise RuleViolation(
            "other-microcredential", _("An edition repeats one of the same micro-credential.")
        )
    edition = new_edition(
        actor=actor,
        microcredential=microcredential,
        starts=starts,
        ends=ends,
        places=places,
        venue=venue,
        price=price,
        teachers=teachers,
        repeats=repeats,
    )
    record(
        actor=actor,
        action="edition.planned",
        subject=edition,
        scope=microcredential.scope,
        after={"code": edition.code, "starts": starts, "ends": ends, "places": edition.places}
        | ({"repeats": repeats.code} if repeats is not None else {}),
    )
    return edition


def new_edition(
    *,
    actor: Any,
    microcredential: MicroCredential,
    starts: dt.date | None,
    ends: dt.date | None,
    places: int | None,
    venue: str = "",
    year: AcademicYear | None = None,
    code: str = "",
    state: str = State.PLANNED,
    price: Decimal | None = None,
    **terms: Any,
) -> Edition:
    """The row alone, for `plan_edition` and imports. The year is that of `starts`, else today's, unless given.

    Refuses `price-not-approved`.
    """
    version = microcredential.current
    if version is not None:
        places = version.places if places is None else places
        price = version.price if price is None else price
        rules.check_price(price, version, public=University.current().is_public)
    year = year or ensure_year(actor=actor, date=starts or clock.today())
    taken = microcredential.editions.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    edition = Edition(
        code=code or f"{microcredential.code}-{year.starts.year}-{taken + 1}",
        microcredential=microcredential,
        version=version,
        year=year,
        number=taken + 1,
        starts=starts,
        ends=ends,
        places=places,
        venue=venue,
        price=price,
        state=state,
        **terms,
    )
    store(edition, new=True)
    return edition


@transaction.atomic
def edit_edition(*, actor: Any, edition: Edition, seen: int, **changes: Any) -> Edition:
    """Change dates, places, venue, price or teachers until it is closed or cancelled.

    Refuses `StaleVersion`, `closed`, `cancelled`, `other-year` (its code names the year), `dates-order` and
    `price-not-approved` (RD 822/2021 art. 37.2).
    """
    edition = locked(edition)
    require(actor, "edition.edit", edition)
    check_not_over(edition)
    _claim(edition, seen)
    before = {name: getattr(edition, name) for name in changes if name in CHANGEABLE}
    for name in before:
        setattr(edition, name, changes[name])
    if edition.starts is not None and not edition.year.starts <= edition.starts <= edition.year.ends:
        raise RuleViolation(
            "other-year",
            _("The first day falls in another academic year: plan a new edition there."),
            field="starts",
        )
    if edition.price != before.get("price", edition.price):
        rules.check_price(edition.price, edition.version, public=University.current().is_public)
    store(edition, fields=list(before))
    record_changes(
        actor=actor,
        action="edition.edited",
        subject=edition,
        scope=edition.microcredential.scope,
        before=before,
        after={name: getattr(edition, name) for name in before},
    )
    return edition


@transaction.atomic
def advance_edition(
    *, actor: Any, edition: Edition, step: str, reason: str = "", despite_minimum: bool = False
) -> Edition:
    """Take one step: `open`, `run`, `finish`, `sign`, `rectify`, `close` or `cancel`.

    Refuses `wrong-state`, `no-reason` (cancelling, rectifying, and beginning with too few say why), `below-minimum`
    (fewer begin than the design or the university asks for, unless `despite_minimum`), and the first unmet condition with its
    reason. Emits the event of the step (`edition.opened` … `edition.cancelled`) with the edition.
    """
    edition = locked(edition)
    require(actor, "edition.run", edition)
    if not leads_on(edition, step):
        raise RuleViolation("wrong-state", _("This step does not follow from the present state."))
    for need in blocked_by(edition, step):
        raise rules.refusal(need.code, need.reason)
    declared = next(found for found in transitions_from(edition) if found.name == step)
    if step == "run":
        check_minimum(edition, despite=despite_minimum)
    if (declared.custom.get("asks_reason") or despite_minimum) and not reason.strip():
        raise RuleViolation("no-reason", _("Say why: it stays in the history."), field="reason")
    before = edition.state
    getattr(edition, step)()
    edition.signed_at = {State.RESULTS_SIGNED: clock.now(), State.FINISHED: None}.get(
        edition.state, edition.signed_at
    )
    if edition.state == State.CANCELLED:
        edition.cancel_reason = reason.strip()
    edition.save(update_fields=["state", "signed_at", "cancel_reason"])
    event = declared.custom["event"]
    record(
        actor=actor,
        action=event,
        subject=edition,
        scope=edition.microcredential.scope,
        before={"state": before},
        after={"state": edition.state},
        reason=reason,
    )
    emit(event, edition=edition)
    return edition


def minimum_of(edition: Edition, university: University) -> int:
    """The fewest learners to run it: those of its design, else those that the university asks for."""
    return edition.version.places_min or university.min_enrolment


def is_below_minimum(edition: Edition, university: University) -> bool:
    """Whether fewer begin than are needed. Unknown is not fewer. Needs the edition's version and counts."""
    starters = edition.starters
    return starters is not None and starters < minimum_of(edition, university)


def check_minimum(edition: Edition, *, despite: bool) -> None:
    """Refuses `below-minimum`."""
    university = University.current()
    if not despite and is_below_minimum(edition, university):
        raise RuleViolation(
            "below-minimum",
            _(
                "%(starters)s would begin, and at least %(minimum)s are needed: cancel the edition, or begin it all the "
                "same and say why."
            )
            % {"starters": edition.starters, "minimum": minimum_of(edition, university)},
        )


def check_not_over(edition: Edition, field: str | None = None) -> None:
    """Refuses `closed` and `cancelled`."""
    if edition.state == State.CLOSED:
        raise RuleViolation("closed", _("A closed edition no longer changes."), field=field)
    if edition.state == State.CANCELLED:
        raise RuleViolation("cancelled", _("A cancelled edition no longer changes."), field=field)


def check_unsigned(edition: Edition) -> None:
    """Refuses `closed`, `cancelled` and `signed`."""
    check_not_over(edition)
    if edition.state == State.RESULTS_SIGNED:
        raise RuleViolation(
            "signed", _("The results are signed: take the signature back before correcting them.")
        )


@transaction.atomic
def record_counts(
    *,
    actor: Any,
    edition: Edition,
    seen: int,
    source: str = "",
    extracted_on: dt.date | None = None,
    **numbers: int | None,
) -> EnrolmentCount:
    """Save how many learners; None is "no data yet". `seen` is the version of the counts shown, 0 where none were.

    Refuses `StaleVersion`, `closed`, `cancelled`, `signed`, `register` (the edition has enrolments, from which its
    counts are derived), and counts that contradict each other (constraints of `EnrolmentCount`).
    """
    edition = locked(edition)
    require(actor, "edition.count", edition)
    check_unsigned(edition)
    if edition.enrolments.exists():
        raise RuleViolation("register", _("These counts are derived from the enrolments: change those."))
    counts = EnrolmentCount.objects.filter(edition=edition).first()
    if counts is None:
        counts = EnrolmentCount(edition=edition)
        if seen:
            raise StaleVersion(counts)
    elif seen == 0:
        raise StaleVersion(counts)
    else:
        versions.claim(counts, seen)
    before = {name: getattr(counts, name) for name in EnrolmentCount.NUMBERS}
    for name in EnrolmentCount.NUMBERS:
        setattr(counts, name, numbers.get(name))
    counts.source, counts.extracted_on, counts.recorded_by = source, extracted_on, actor
    stored = [*EnrolmentCount.NUMBERS, "source", "extracted_on", "recorded_by"]
    store(counts, new=seen == 0, fields=None if seen == 0 else stored)
    after = {name: getattr(counts, name) for name in EnrolmentCount.NUMBERS}
    changed = [name for name in after if after[name] != before[name]]
    record(
        actor=actor,
        action="edition.counted",
        subject=edition,
        scope=edition.microcredential.scope,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | {"source": source},
    )
    emit("edition.counted", edition=edition)
    return counts


def locked(edition: Edition) -> Edition:
    """The edition as stored, with what its steps ask for, while nobody else writes to its micro-credential."""
    MicroCredential.objects.select_for_update().get(pk=edition.microcredential_id)
    return Edition.objects.select_related(
        "microcredential__scope", "version", "year", "counts", "report"
    ).get(pk=edition.pk)


def _claim(edition: Edition, seen: int) -> None:
    """As `core.versions.claim`; an edition's `version` is the design that it runs, so the lock is `revision`."""
    taken = Edition.objects.filter(pk=edition.pk, revision=seen).update(revision=F("revision") + 1)
    if taken != 1:
        raise StaleVersion(edition)
    edition.revision = seen + 1
