"""Where a version stands on its way to approval, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from iqas.core.access import allowed
from iqas.organisation.models import University
from microcredentials.models import (
    ApprovalAct,
    ApprovalStep,
    MicroCredential,
    MicroCredentialVersion,
    Remark,
    StandingAct,
    Submission,
)
from microcredentials.selectors.comparison import Comparison, approved_before, compare, kind_of_change

STEP_PERMISSIONS = ("approval.report", "approval.centre", "approval.govern", "approval.price")


@dataclass(frozen=True)
class Thread:
    """A comment, or a reason for a return, and the replies to it."""

    root: Remark
    replies: tuple[Remark, ...]


@dataclass(frozen=True)
class Process:
    """One version: its submissions (the last first), what it needs, what it changes, what is said about it."""

    version: MicroCredentialVersion
    submissions: tuple[Submission, ...]
    steps: tuple[ApprovalStep, ...]
    change: str
    comparison: Comparison | None
    threads: dict[str, list[Thread]]

    @property
    def submission(self) -> Submission | None:
        return self.submissions[0] if self.submissions else None

    @property
    def acts(self) -> dict[Any, ApprovalAct]:
        """Step → its act, of the submission that counts now."""
        if self.submission is None or self.version.stage == MicroCredentialVersion.Stage.DRAFT:
            return {}
        return {act.step_id: act for act in self.submission.acts.all()}

    @property
    def open_reasons(self) -> list[Remark]:
        return [
            thread.root
            for threads in self.threads.values()
            for thread in threads
            if thread.root.act_id and not thread.root.is_resolved
        ]


def process_of(
    version: MicroCredentialVersion, *, among: Sequence[MicroCredentialVersion] | None = None
) -> Process:
    """`among`: all versions of the micro-credential, where the caller has read them."""
    acts = ApprovalAct.objects.select_related(
        "step", "document__evidence__scope", "recorded_by", "fulfilled_by", "programme"
    ).order_by("step__order")
    submissions = tuple(
        version.submissions.select_related("submitted_by", "waiting_for")
        .prefetch_related(Prefetch("acts", acts), "steps")
        .order_by("-number")
    )
    if among is None:
        before = approved_before(version)
    else:
        earlier = [one for one in among if one.is_frozen and one.number < version.number]
        before = max(earlier, key=lambda one: one.number, default=None)
    comparison = compare(before, version) if before is not None else None
    if submissions and version.stage != MicroCredentialVersion.Stage.DRAFT:
        change, steps = submissions[0].change, tuple(submissions[0].steps.all())
    else:
        change, steps = planned(comparison)
    return Process(version, submissions, steps, change, comparison, threads_of(version))


def planned(comparison: Comparison | None) -> tuple[str, tuple[ApprovalStep, ...]]:
    """The kind of change of a draft, and the steps that it will need by the route in force."""
    is_public = Subquery(University.objects.values("is_public")[:1])
    steps = list(
        ApprovalStep.objects.filter(route__in_force=True)
        .select_related("route")
        .annotate(is_public=is_public)
    )
    if not steps:
        return "", ()
    change, public = kind_of_change(comparison, steps[0].route), steps[0].is_public
    return change, tuple(
        step for step in steps if change in step.needed_for and (public or not step.public_only)
    )


def threads_of(version: MicroCredentialVersion, section: str | None = None) -> dict[str, list[Thread]]:
    """Section → its threads, the oldest first. One statement."""
    remarks = version.remarks.select_related("author", "resolved_by", "act__step").order_by("written_at")
    if section is not None:
        remarks = remarks.filter(section=section)
    replies: dict[Any, list[Remark]] = defaultdict(list)
    roots: dict[str, list[Remark]] = defaultdict(list)
    for remark in remarks:
        if remark.parent_id is None:
            roots[remark.section].append(remark)
        else:
            replies[remark.parent_id].append(remark)
    return {code: [Thread(root, tuple(replies[root.pk])) for root in found] for code, found in roots.items()}


def standing_acts(microcredential: MicroCredential) -> list[StandingAct]:
    """What was decided about its offer, the last first."""
    acts = microcredential.standing_acts.select_related("document__evidence__scope", "recorded_by")
    return list(acts.order_by("-number"))


def in_work(microcredential: MicroCredential) -> MicroCredentialVersion | None:
    """The version that is being written or decided on."""
    return microcredential.versions.filter(approved_at__isnull=True).first()


def is_to_come(version: MicroCredentialVersion, microcredential: MicroCredential) -> bool:
    """Whether it is approved and not in force yet, because its conditions are not fulfilled. Needs `current`."""
    in_force = microcredential.current
    return version.is_frozen and in_force is not None and version.number > in_force.number


def versions_of(microcredential: MicroCredential) -> list[MicroCredentialVersion]:
    """All of them, the last first, with their responsible teachers."""
    return list(microcredential.versions.select_related("responsible_teacher").order_by("-number"))


def waiting(microcredential: MicroCredential) -> Submission | None:
    """The submission that waits for somebody."""
    return (
        Submission.objects.filter(version__microcredential=microcredential, state=Submission.State.WAITING)
        .select_related("version__microcredential__scope", "version__microcredential__centre", "waiting_for")
        .first()
    )


def waiting_for(user: Any) -> QuerySet[Submission]:
    """Submissions whose next act this person may record."""
    mine = Q(pk__in=())
    for permission in STEP_PERMISSIONS:
        found = allowed(user, permission).filter(waiting_for__permission=permission)
        mine |= Q(pk__in=found.values("pk"))
    return (
        Submission.objects.filter(mine)
        .select_related("waiting_for", "version__microcredential__centre")
        .order_by("due", "pk")
    )


@dataclass(frozen=True)
class OpenConditions:
    """Acts with conditions that nobody has called fulfilled: those whose fulfilment this person may confirm, and those
    of what this person wrote.
    """

    to_confirm: QuerySet[ApprovalAct]
    to_fulfil: QuerySet[ApprovalAct]


def open_conditions(user: Any) -> OpenConditions:
    """Of submissions that are in process or approved; those of a version older than the one in force no longer count."""
    credential = "submission__version__microcredential"
    found = (
        ApprovalAct.objects.filter(
            outcome=ApprovalAct.Outcome.CONDITIONS,
            fulfilled_on__isnull=True,
            submission__state__in=(Submission.State.WAITING, Submission.State.APPROVED),
            submission__version__number__gte=F(f"{credential}__current__number"),
        )
        .select_related("step", f"{credential}__centre")
        .order_by("held_on", "pk")
    )
    mine = Q(pk__in=())
    for permission in STEP_PERMISSIONS:
        reach = allowed(user, permission)
        mine |= Q(step__permission=permission, submission__in=reach.values("pk"))
    return OpenConditions(found.filter(mine), found.filter(submission__version__writers=user))


def to_answer(user: Any) -> QuerySet[Remark]:
    """Open threads where somebody else had the last word, about what the person writes or begun or answered by them.

    The reasons of a return are no part of it for its authors: they are asked for whole.
    """
    words = Remark.objects.filter(Q(pk=OuterRef("pk")) | Q(parent=OuterRef("pk")))
    writes = Exists(
        MicroCredentialVersion.writers.through.objects.filter(
            microcredentialversion=OuterRef("version"), user=user.pk
        )
    )
    reach = allowed(user, "approval.remark").values("pk")
    return (
        Remark.objects.filter(
            parent__isnull=True,
            resolved_at__isnull=True,
            version__approved_at__isnull=True,
            version__microcredential__in=reach,
        )
        .alias(last=Subquery(words.order_by("-written_at", "-pk").values("author")[:1]))
        .exclude(last=user.pk)
        .filter((writes & Q(act__isnull=True)) | (~writes & Exists(words.filter(author=user.pk))))
    )


def on_their_way() -> QuerySet[Submission]:
    """Every submission in process, as a row of the annual programme shows it."""
    return (
        Submission.objects.filter(state=Submission.State.WAITING)
        .select_related("waiting_for", "version__microcredential__centre", "version__responsible_teacher")
        .order_by("version__microcredential__centre__sort_name", "version__microcredential__sort_title")
    )
