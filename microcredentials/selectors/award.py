"""Who of those that passed an edition could be awarded the micro-credential, with all eleven elements of Annex I."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from iqas.core.disclosure import is_small
from microcredentials import completeness
from microcredentials.models import Edition, Enrolment, Learner
from microcredentials.rules import Gap
from microcredentials.selectors.counts import ShownCounts

State = Edition.State
AWARDING = (State.FINISHED, State.RESULTS_SIGNED, State.CLOSED)
MOST_LISTED = 50


@dataclass(frozen=True)
class Lacking:
    """Somebody who passed and cannot be awarded it yet, and why."""

    enrolment: Enrolment
    gap: Gap


@dataclass(frozen=True)
class Award:
    """`passed` and `whole` are None where the numbers would tell of a small group.

    `design_done` are the elements of the version that are there, of nine; `issuing` says why there is no date of issuing;
    `lacking` are people, for those who may see them: at most `MOST_LISTED`, and `more` besides.
    """

    passed: int | None
    whole: int | None
    design_done: int
    issuing: Gap | None
    lacking: tuple[Lacking, ...]
    more: int

    @property
    def lacks_design(self) -> bool:
        return self.design_done < completeness.TOTAL


def award_of(edition: Edition, counts: ShownCounts | None, *, names: bool) -> Award | None:
    """How many could be awarded it; None where nobody of the register has a result yet. One statement, two with `names`.

    `counts` are those that the reader may see. Needs `version` selected.
    """
    if edition.state not in AWARDING:
        return None
    passers = Enrolment.objects.filter(edition=edition, state=Enrolment.State.PASSED)
    identified = Q(learner__in=Learner.objects.filter(completeness.IDENTIFIED))
    found = passers.aggregate(passed=Count("pk"), identified=Count("pk", filter=identified))
    passed = found["passed"]
    if not passed:
        return None
    issuing = completeness.issuing_gap(edition)
    design_done = edition.version.elements_done
    whole = 0 if issuing or design_done < completeness.TOTAL else found["identified"]
    lacking: tuple[Lacking, ...] = ()
    if names:
        unnamed = passers.exclude(identified).select_related("learner").order_by("learner__sort_name", "id")
        lacking = tuple(
            Lacking(enrolment, gap)
            for enrolment in unnamed[:MOST_LISTED]
            if (gap := completeness.learner_gap(enrolment.learner)) is not None
        )
    is_told = _may_be_told(counts, passed, found["identified"])
    return Award(
        passed if is_told else None,
        whole if is_told else None,
        design_done,
        issuing,
        lacking,
        max(0, passed - found["identified"] - len(lacking)) if names else 0,
    )


def _may_be_told(counts: ShownCounts | None, passed: int, identified: int) -> bool:
    if counts is None:
        return False
    if counts.in_full:
        return True
    shown = any(row.name == "passed" and row.value is not None for row in counts.rows)
    groups = (identified, passed - identified)
    return shown and not any(is_small(group, counts.threshold) for group in groups)
