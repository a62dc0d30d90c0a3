"""How the micro-credentials were approved: sessions of each body, their minutes, the annual programmes, and what waits now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile

from iqas.accounts.models import User
from iqas.core import clock
from iqas.demo.building.world import World
from iqas.demo.content import ApprovalContent, RevisionContent
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.services import approve_version as approve_evidence
from iqas.evidence.services import file_evidence
from iqas.organisation.models import Scope
from iqas.organisation.services import ensure_year
from microcredentials.models import (
    AnnualProgramme,
    ApprovalStep,
    MicroCredential,
    MicroCredentialVersion,
    Submission,
)
from microcredentials.services import approval, programmes, proposals, publication, remarks
from microcredentials.services.writing import Evaluation, Outcome

PREPARED_BEFORE = dt.timedelta(days=15)
PUBLISHED_AFTER = dt.timedelta(days=3)
FILED_AFTER = dt.timedelta(days=5)


@dataclass(frozen=True)
class Sessions:
    """The days on which the bodies decide, one after another."""

    report: dt.date
    centre: dt.date
    council: dt.date
    price: dt.date

    @classmethod
    def after(cls, day: dt.date) -> Sessions:
        return cls(*(day + dt.timedelta(days=days) for days in (10, 14, 20, 27)))


class Approvals:
    """Plans the acts of every version, and keeps the minutes that several of them share."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._minutes: dict[tuple[str, dt.date], EvidenceVersion] = {}
        self._councils: set[dt.date] = set()

    def follow(
        self,
        version: MicroCredentialVersion,
        centre: str,
        *,
        handed_in: dt.date,
        sessions: Sessions,
        until: str = "",
        conditions: str = "",
    ) -> None:
        """Every act of a version at its time, up to the step `until` (which is left waiting)."""
        self.world.at(handed_in, partial(self._submit, version, centre), hour=12)
        if until == "quality-report":
            return
        self.world.at(sessions.report, partial(self._report, version, centre, conditions), hour=12)
        if conditions:
            self.world.at(sessions.council, partial(self._fulfil, version, centre), hour=9)
        if until == "centre":
            return
        self.world.at(sessions.centre, partial(self._agree, version, centre), hour=13)
        if until == "governing-body":
            return
        if sessions.council not in self._councils:
            self._councils.add(sessions.council)
            self.world.at(sessions.council - PREPARED_BEFORE, partial(self._prepare, sessions.council))
            self.world.at(sessions.council, partial(self._council, sessions.council), hour=14)
        self.world.at(sessions.price, partial(self._price, version), hour=15)

    def publish(self, credential: MicroCredential, approved_on: dt.date) -> None:
        self.world.at(
            approved_on + PUBLISHED_AFTER,
            lambda: publication.change_standing(
                actor=self.world.people["officer"],
                microcredential=credential,
                step="publish",
                on=clock.today(),
            ),
        )

    def _submit(self, version: MicroCredentialVersion, centre: str) -> None:
        approval.submit_version(actor=self.world.coordinator_of(centre), version=version)

    def _report(self, version: MicroCredentialVersion, centre: str, conditions: str) -> None:
        microcredential = version.microcredential
        text = (
            f"Informe de la propuesta {microcredential.code}, versión {version.number}: {version.title_es}."  # type: ignore[attr-defined]
        )
        submission, step = _waiting(version)
        act = approval.record_act(
            actor=self.world.quality_of(centre),
            submission=submission,
            step=step,
            outcome="conditions" if conditions else "favourable",
            conditions=conditions,
            held_on=clock.today(),
            upload=paper(text, clock.today()),
        )
        self._file(act.document, self.world.people["officer"])

    def _fulfil(self, version: MicroCredentialVersion, centre: str) -> None:
        act = version.submissions.latest("number").acts.get(step__code="quality-report")
        approval.fulfil_conditions(actor=self.world.quality_of(centre), act=act, on=clock.today())

    def _agree(self, version: MicroCredentialVersion, centre: str) -> None:
        actor = self.world.quality_of(centre)
        minutes = self._minutes_of(
            f"Acta de la Junta de Centro ({centre})", self.world.centres[centre].scope, actor, "minutes"
        )
        self._act(version, actor, minutes)

    def _price(self, version: MicroCredentialVersion) -> None:
        actor = self.world.people["approver"]
        scope = self.world.scopes["UNI"]
        self._act(
            version,
            actor,
            self._minutes_of("Acuerdo del Consejo Social sobre precios públicos", scope, actor, "approval"),
        )

    def _act(self, version: MicroCredentialVersion, actor: User, document: EvidenceVersion) -> None:
        submission, step = _waiting(version)
        approval.record_act(
            actor=actor,
            submission=submission,
            step=step,
            outcome="favourable",
            held_on=clock.today(),
            document=document,
        )

    def _prepare(self, council: dt.date) -> None:
        programmes.prepare_programme(
            actor=self.world.people["officer"], year=ensure_year(actor=None, date=_october_after(council))
        )

    def _council(self, council: dt.date) -> None:
        actor = self.world.people["approver"]
        programme = AnnualProgramme.objects.get(approved_at__isnull=True)
        ready = Submission.objects.filter(waiting_for__by_programme=True).select_related("version")
        programme = programmes.approve_programme(
            actor=actor,
            programme=programme,
            submissions=list(ready.order_by("version__microcredential__code")),
            held_on=council,
            upload=paper(f"Acuerdo del Consejo de Gobierno sobre la programación {programme.code}.", council),
        )
        self._file(programme.document, self.world.people["officer"])

    def _minutes_of(self, title: str, scope: Scope, actor: User, kind: str) -> EvidenceVersion:
        """The minutes of today's session: one document, whatever it decided on."""
        today = clock.today()
        if (title, today) not in self._minutes:
            evidence = file_evidence(
                actor=actor,
                scope=scope,
                header={"title": f"{title}, {today:%d/%m/%Y}", "kind": kind},
                version={"date_of_fact": today, "upload": paper(f"{title}.", today)},
            )
            self._minutes[title, today] = evidence.versions.get()
            self._file(self._minutes[title, today], self.world.people["officer"])
        return self._minutes[title, today]

    def _file(self, document: EvidenceVersion | None, approver: User) -> None:
        if document is not None:
            day = clock.today() + FILED_AFTER
            self.world.at(day, lambda: approve_evidence(actor=approver, version=document))


def build_revisions(world: World, approvals: Approvals, told: ApprovalContent) -> None:
    """What the last months brought: revised versions approved, waiting, returned; one no longer offered."""
    for revision in told.revisions:
        handed_in = world.today - dt.timedelta(days=revision.days_ago)
        world.at(handed_in - dt.timedelta(days=2), _begin(world, revision, approvals, handed_in))
    for key, days, reason in told.suspended:
        world.at(world.today - dt.timedelta(days=days), partial(_suspend, world, key, reason))
    world.at(
        world.today - dt.timedelta(days=10),
        lambda: programmes.prepare_programme(
            actor=world.people["officer"],
            year=ensure_year(actor=None, date=_october_after(world.today)),
        ),
    )


def _begin(
    world: World, revision: RevisionContent, approvals: Approvals, handed_in: dt.date
) -> Callable[[], None]:
    def begin() -> None:
        credential = MicroCredential.objects.select_related("centre").get(scope=world.scopes[revision.key])
        centre = credential.centre.code
        writer = world.coordinator_of(centre)
        version = proposals.begin_version(actor=writer, microcredential=credential)
        version = proposals.edit_version(
            actor=writer, version=version, seen=version.version, **revision.texts
        )
        if revision.outcomes:
            version = _outcomes(writer, version, revision.outcomes)
        sessions = Sessions.after(handed_in)
        approvals.follow(
            version,
            centre,
            handed_in=handed_in,
            sessions=sessions,
            until=revision.until,
            conditions=revision.conditions,
        )
        if revision.returned:
            world.at(sessions.centre, partial(_return, world, version, centre, revision), hour=13)

    return begin


def _outcomes(
    writer: User, version: MicroCredentialVersion, wanted: Iterable[tuple[str, str, str]]
) -> MicroCredentialVersion:
    """Further learning outcomes, each shown by the first assessment."""
    kept = [
        Outcome({"text_es": row.text_es, "text_en": row.text_en}, kind=row.kind, code=row.code, id=row.pk)  # type: ignore[attr-defined]
        for row in version.outcomes.all()
    ]
    more = [
        Outcome({"text_es": es, "text_en": en}, kind=kind, code=f"R{len(kept) + number}")
        for number, (es, en, kind) in enumerate(wanted, 1)
    ]
    version = proposals.replace_outcomes(
        actor=writer, version=version, seen=version.version, outcomes=[*kept, *more]
    )
    added = tuple(outcome.code for outcome in more)
    evaluations = [
        Evaluation(
            {"name_es": row.name_es, "criteria_es": row.criteria_es},  # type: ignore[attr-defined]
            outcomes=(*(outcome.code for outcome in row.outcomes.all()), *(added if number == 0 else ())),
            weight=row.weight,
            code=row.code,
            id=row.pk,
        )
        for number, row in enumerate(version.assessments.all())
    ]
    return proposals.replace_assessments(
        actor=writer, version=version, seen=version.version, assessments=evaluations
    )


def _return(world: World, version: MicroCredentialVersion, centre: str, revision: RevisionContent) -> None:
    """Returned by the centre; its author has answered and resolved the first reason."""
    submission, step = _waiting(version)
    act = approval.record_act(
        actor=world.quality_of(centre),
        submission=submission,
        step=step,
        outcome="returned",
        held_on=clock.today(),
        upload=paper(f"Acuerdo de devolución de {version.microcredential.code}.", clock.today()),
        reasons=revision.returned,
    )
    first = act.reasons.order_by("section").first()
    if first is not None and revision.answer:
        writer = world.coordinator_of(centre)
        remarks.add_remark(
            actor=writer, version=version, section=first.section, text=revision.answer, parent=first
        )
        remarks.resolve_remark(actor=writer, remark=first)


def _suspend(world: World, key: str, reason: str) -> None:
    publication.change_standing(
        actor=world.people["officer"],
        microcredential=MicroCredential.objects.get(scope=world.scopes[key]),
        step="suspend",
        on=clock.today(),
        reason=reason,
    )


def _waiting(version: MicroCredentialVersion) -> tuple[Submission, ApprovalStep]:
    """The submission in process, and the step that it waits for."""
    submission = Submission.objects.select_related("waiting_for", "version").get(
        version=version, state=Submission.State.WAITING
    )
    assert submission.waiting_for is not None
    return submission, submission.waiting_for


def _october_after(day: dt.date) -> dt.date:
    """A day of the academic year for which a programme is made: the one that begins next."""
    return dt.date(day.year + (1 if day.month >= 10 else 0), 10, 1)


def paper(text: str, day: dt.date) -> ContentFile[bytes]:
    """A plain document of the demonstration."""
    body = f"UNIVERSIDAD DE VALLEHERMOSO\n\n{text}\n\nFecha: {day:%d/%m/%Y}. Documento de demostración.\n"
    return ContentFile(body.encode(), name="acta.txt")
