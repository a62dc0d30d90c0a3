"""What an annual programme holds: versions that wait for it or got its act, and the offer that continues."""

from __future__ import annotations

from django.db.models import QuerySet

from iqas.organisation.models import University
from microcredentials.documents.sources import ProgrammeEntry, ProgrammeSource
from microcredentials.models import (
    AnnualProgramme,
    Change,
    MicroCredential,
    MicroCredentialVersion,
    Submission,
)
from microcredentials.selectors.comparison import approved_before, compare
from microcredentials.selectors.process import on_their_way

OFFERED = (MicroCredential.State.APPROVED, MicroCredential.State.PUBLISHED)


def ready() -> QuerySet[Submission]:
    """Every submission that waits for the annual programme."""
    return on_their_way().filter(waiting_for__by_programme=True)


def held(programme: AnnualProgramme) -> QuerySet[Submission]:
    """What the programme approved; while it is being prepared, what is ready for it."""
    if not programme.is_approved:
        return ready()
    return (
        Submission.objects.filter(acts__programme=programme)
        .select_related("version__microcredential__centre", "version__responsible_teacher")
        .order_by("version__microcredential__centre__sort_name", "version__microcredential__sort_title")
    )


def continuing(programme: AnnualProgramme) -> QuerySet[MicroCredentialVersion]:
    """The versions in force that go on being offered, which are approved every year (RD 822/2021 art. 37.10).

    Of an approved programme those of that day. Left out are micro-credentials with a version ready for the programme, and
    what an earlier programme of the same year already holds.
    """
    rows = MicroCredentialVersion.objects.select_related(
        "microcredential__centre", "responsible_teacher"
    ).order_by("microcredential__centre__sort_name", "microcredential__sort_title", "microcredential__code")
    if programme.is_approved:
        return rows.filter(pk__in=programme.continues.values("pk"))
    earlier = AnnualProgramme.objects.filter(year=programme.year_id, approved_at__isnull=False)
    decided = Submission.objects.filter(acts__programme__in=earlier)
    return (
        rows.filter(
            pk__in=MicroCredential.objects.filter(state__in=OFFERED).values("current"),
        )
        .exclude(microcredential__in=ready().order_by().values("version__microcredential"))
        .exclude(
            pk__in=AnnualProgramme.continues.through.objects.filter(annualprogramme__in=earlier).values(
                "microcredentialversion"
            )
        )
        .exclude(pk__in=decided.values("version"))
    )


def programme_source(programme: AnnualProgramme) -> ProgrammeSource:
    """Everything that its document tells, as it stands now."""
    programme = AnnualProgramme.objects.select_related("year", "scope", "document__evidence").get(
        pk=programme.pk
    )
    return ProgrammeSource(
        university=University.current(),
        programme=programme,
        entries=tuple(_entry(submission) for submission in held(programme)),
        continues=tuple(continuing(programme)),
    )


def _entry(submission: Submission) -> ProgrammeEntry:
    version = submission.version
    before = approved_before(version) if submission.change != Change.NEW else None
    changed = compare(before, version).labels if before is not None else ()
    return ProgrammeEntry(version, submission.change, changed)
