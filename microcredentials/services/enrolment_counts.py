"""The counts of an edition, derived from its enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count

from iqas.core import clock
from iqas.core.events import emit
from microcredentials.models import Edition, Enrolment, EnrolmentCount
from microcredentials.services.bulk import CHUNK, chunks, overwrite

State = Enrolment.State
RESULTS = ("completed", "presented", "passed", "failed")


def derive_counts(*, actor: Any, editions: Iterable[UUID]) -> None:
    """Counts the enrolments of these editions, in the caller's transaction, and says so where they changed.

    While somebody has no result, nothing is said of results: null is "no data yet". Emits `edition.counted`.
    """
    for chunk in chunks(sorted(editions)):
        totals: dict[UUID, dict[str, int]] = {}
        rows = Enrolment.objects.filter(edition__in=chunk).order_by().values_list("edition", "state")
        for edition, state, count in rows.annotate(count=Count("pk")):
            totals.setdefault(edition, {})[state] = count
        stored = {counts.edition_id: counts for counts in EnrolmentCount.objects.filter(edition__in=chunk)}
        new: list[EnrolmentCount] = []
        changed: list[EnrolmentCount] = []
        for edition, by_state in totals.items():
            counts = stored.get(edition) or EnrolmentCount(edition_id=edition, version=0)
            numbers = numbers_of(by_state)
            if counts.source == EnrolmentCount.REGISTER and all(
                getattr(counts, name) == value for name, value in numbers.items()
            ):
                continue
            for name, value in numbers.items():
                setattr(counts, name, value)
            counts.source, counts.extracted_on, counts.recorded_by = (
                EnrolmentCount.REGISTER,
                clock.today(),
                actor,
            )
            counts.version += 1
            (changed if edition in stored else new).append(counts)
        EnrolmentCount.objects.bulk_create(new, batch_size=CHUNK)
        overwrite(changed, [*EnrolmentCount.NUMBERS, "source", "extracted_on", "recorded_by", "version"])
        touched = [counts.edition_id for counts in (*new, *changed)]
        for edition in Edition.objects.filter(pk__in=touched).select_related("year").order_by("code"):
            emit("edition.counted", edition=edition)


def numbers_of(by_state: dict[str, int]) -> dict[str, int | None]:
    """The counts of `EnrolmentCount` from how many are in each state."""
    passed, failed = by_state.get(State.PASSED, 0), by_state.get(State.FAILED, 0)
    numbers: dict[str, int | None] = {
        "enrolled": sum(by_state.values()),
        "withdrawn_before_start": by_state.get(State.WITHDRAWN_EARLY, 0),
        "withdrawn": by_state.get(State.WITHDRAWN, 0),
        "recognised": by_state.get(State.RECOGNISED, 0),
        "completed": by_state.get(State.COMPLETED, 0) + passed + failed,
        "presented": passed + failed,
        "passed": passed,
        "failed": failed,
    }
    if by_state.get(State.ENROLLED):
        numbers |= dict.fromkeys(RESULTS)
    return numbers
