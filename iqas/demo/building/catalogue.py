"""Micro-credentials from proposal to approval, and their editions with the number of learners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from iqas.core import clock
from iqas.demo.building.approval import Approvals, Sessions
from iqas.demo.building.learners import Learners
from iqas.demo.building.proposals import (
    HOURS_PER_ECTS,
    STILL_WRITTEN,
    design_of,
    renew,
    rows_written,
    weight_of,
)
from iqas.demo.building.world import PAST_YEARS, World
from iqas.demo.content import MicroCredentialContent
from iqas.organisation.models import University
from microcredentials.models import Edition, Learner, MicroCredential
from microcredentials.services.edition_reports import write_report
from microcredentials.services.editions import advance_edition, is_below_minimum, plan_edition
from microcredentials.services.learners import erase_learner
from microcredentials.services.proposals import (
    create_microcredential,
    edit_version,
    replace_assessments,
    replace_outcomes,
)
from microcredentials.services.writing import Evaluation, Outcome

UNSIGNED = "ciber"  # nobody has signed the results of its last edition
VENUES = {
    "onsite": "Aulario norte, aula 2.3",
    "hybrid": "Aulario norte y campus virtual",
    "virtual": "Campus virtual",
}
WHY_SO_FEW = "Se imparte por el compromiso con las entidades que la pidieron."
WHY_CANCELLED = "Cuatro matrículas a tres semanas del inicio; se ofrece plaza en la próxima edición."
WENT_WELL = (
    "Las prácticas con casos del propio puesto de trabajo y la puntualidad de las correcciones.",
    "La participación en las sesiones síncronas y el material de consulta.",
    "La coordinación entre docentes y el acompañamiento de la tutoría.",
)
INCIDENTS = (
    "Ninguna digna de mención.",
    "Una sesión se aplazó dos días por una avería eléctrica; se recuperó en la misma semana.",
    "La plataforma estuvo caída una tarde; se amplió el plazo de entrega.",
)
PROPOSALS = (
    "Adelantar la entrega del primer ejercicio para detectar antes las dificultades.",
    "Añadir una sesión inicial de nivelación.",
    "Publicar el calendario de tutorías con la matrícula.",
)
SPRING = (4, 20)  # the last day for proposals of the next year
QUALITY_ES = (
    "Sistema interno de garantía de la calidad de la universidad, certificado conforme al RD 640/2021."
)
QUALITY_EN = "The university's internal quality assurance system, certified under RD 640/2021."


@dataclass(frozen=True)
class Run:
    """One edition as it is told: when, for how many, how well it went."""

    content: MicroCredentialContent
    microcredential: MicroCredential
    starts: dt.date
    ends: dt.date
    learners: int | None
    quality: float
    state: str


AfterEdition = Callable[[Run, Edition], None]


@dataclass(frozen=True)
class Followers:
    """Who goes on with a proposal: its acts, what follows an edition, its learners."""

    approvals: Approvals
    then: AfterEdition
    learners: Learners


def build_catalogue(
    world: World, contents: list[MicroCredentialContent], approvals: Approvals, then: AfterEdition
) -> None:
    """Plans every micro-credential and its editions. `then` is called when an edition has begun."""
    learners = Learners(world)
    for position, content in enumerate(contents):
        world.at(
            proposed_on(world, content, position),
            _propose(world, content, position, Followers(approvals, then, learners)),
        )
    world.at(world.today - dt.timedelta(days=10), lambda: _forget_somebody(world))


def _forget_somebody(world: World) -> None:
    """One learner of the first editions asked to be erased."""
    learner = Learner.objects.filter(erased_at__isnull=True).order_by("created_at", "email").first()
    if learner is not None:
        erase_learner(
            actor=world.people["officer"],
            learner=learner,
            reason="Solicitud de supresión presentada en la sede electrónica.",
        )


def sessions_of(world: World, content: MicroCredentialContent) -> Sessions:
    """The sessions of the bodies in the first September of the product, or in the spring before the first edition."""
    first = next(index for index, count in enumerate(content.editions) if count)
    return Sessions.after(world.first_day if first == 0 else dt.date(world.first_autumn + first, *SPRING))


def proposed_on(world: World, content: MicroCredentialContent, position: int) -> dt.date:
    """In the first days of the product, or in the spring before its first edition."""
    first = next(index for index, count in enumerate(content.editions) if count)
    if first == 0:
        return world.first_day + dt.timedelta(days=1 + position // 2)
    return dt.date(world.first_autumn + first, 4, 2 + position)


def _propose(
    world: World,
    content: MicroCredentialContent,
    position: int,
    followers: Followers,
) -> Callable[[], None]:
    def propose() -> None:
        writer = world.coordinator_of(content.centre)
        credential = create_microcredential(
            actor=writer,
            centre=world.centres[content.centre],
            title_es=content.title_es,
            title_en=content.title_en,
            country="ES",
            ects=content.ects,
            hours=int(content.ects * HOURS_PER_ECTS),
            eqf_level=content.eqf,
            mode=content.mode,
            requires_degree=content.degree,
            responsible_name=content.teacher,
            quality_assurance_es=QUALITY_ES,
            quality_assurance_en=QUALITY_EN,
            supervision="verified" if content.mode == "onsite" else "",
            **design_of(content),
        )
        version = credential.versions.get()
        outcomes = [
            Outcome({"text_es": es, "text_en": en}, kind=kind, code=f"R{number}")
            for number, (es, en, kind, _how) in enumerate(content.outcomes, 1)
        ]
        version = replace_outcomes(actor=writer, version=version, seen=version.version, outcomes=outcomes)
        proposed = proposed_on(world, content, position)
        version = edit_version(
            actor=writer, version=version, seen=version.version, rows=rows_written(content, proposed)
        )
        ways = list(dict.fromkeys(how for _es, _en, _kind, how in content.outcomes))
        evaluations = [
            Evaluation(
                {"name_es": way, "criteria_es": f"Criterios publicados en la guía docente: {way.lower()}."},
                outcomes=tuple(f"R{n}" for n, row in enumerate(content.outcomes, 1) if row[3] == way),
                code=f"E{number}",
                weight=weight_of(content, number - 1, len(ways)),
            )
            for number, way in enumerate(ways, 1)
        ]
        version = replace_assessments(
            actor=writer, version=version, seen=version.version, assessments=evaluations
        )
        world.scopes[content.key] = credential.scope

        sessions = sessions_of(world, content)
        followers.approvals.follow(
            version,
            content.centre,
            handed_in=proposed + dt.timedelta(days=1),
            sessions=sessions,
        )
        followers.approvals.publish(credential, sessions.price)
        if content.key == STILL_WRITTEN:
            renew(world, credential)
        for run in runs_of(world, content, credential):
            _plan(world, run, followers.then, sessions.price, followers.learners)

    return propose


def runs_of(world: World, content: MicroCredentialContent, credential: MicroCredential) -> list[Run]:
    """The editions of three complete years, then those of the year that has begun."""
    runs = []
    weeks = 2 + round(float(content.ects) * 1.5)
    for year in range(PAST_YEARS):
        for number in range(content.editions[year]):
            chance = world.chance(content.key, year, number)
            gap = 210 // content.editions[year]
            starts = dt.date(world.first_autumn + year, 10, 6) + dt.timedelta(
                days=number * gap + chance.randint(0, 20)
            )
            learners = max(5, round(content.size * chance.uniform(0.7, 1.08)))
            ends = starts + dt.timedelta(weeks=weeks)
            last = year == PAST_YEARS - 1 and number == content.editions[year] - 1
            state = "unsigned" if last and content.key == UNSIGNED else "closed"
            runs.append(Run(content, credential, starts, ends, learners, content.quality[year], state))
    for state, days, learners in content.current:
        starts = world.today + dt.timedelta(days=days)
        ends = max(starts + dt.timedelta(weeks=weeks), world.today + dt.timedelta(days=4))
        runs.append(Run(content, credential, starts, ends, learners, content.quality[-1], state))
    return runs


def _plan(world: World, run: Run, then: AfterEdition, approved_on: dt.date, learners: Learners) -> None:
    coordinator = world.coordinator_of(run.content.centre)
    places = max(10, -(-round((run.learners or run.content.size) * 1.15) // 5) * 5)
    if run.content.key == "agua":
        places = run.content.size
    planned_on = min(max(run.starts - dt.timedelta(days=60), approved_on + dt.timedelta(days=1)), world.today)

    def plan() -> None:
        edition = plan_edition(
            actor=coordinator,
            microcredential=run.microcredential,
            starts=run.starts,
            ends=run.ends,
            places=places,
            venue=VENUES[run.content.mode],
            teachers=run.content.teacher,
            repeats=run.microcredential.editions.exclude(state=Edition.State.CANCELLED)
            .order_by("-starts")
            .first(),
        )
        _run_through(world, run, edition, then, learners)

    world.at(planned_on, plan, hour=8)


def _run_through(world: World, run: Run, edition: Edition, then: AfterEdition, learners: Learners) -> None:
    """What happens to an edition once it is planned, each thing at its time, as far as its story goes."""
    coordinator = world.coordinator_of(run.content.centre)

    def step(name: str, reason: str = "") -> Callable[[], None]:
        def take() -> None:
            present = Edition.objects.select_related("counts", "version").get(pk=edition.pk)
            below = name == "run" and is_below_minimum(present, University.current())
            advance_edition(
                actor=coordinator,
                edition=edition,
                step=name,
                reason=WHY_SO_FEW if below else reason,
                despite_minimum=below,
            )

        return take

    if run.state == "planned":
        return
    opens = world.today if run.state == "open" else max(run.starts - dt.timedelta(days=30), clock.today())
    world.at(opens, step("open"))
    if run.state == "open" or run.learners is None:
        return
    numbers = _numbers(world, run, edition)
    enrolled_on = max(run.starts - dt.timedelta(days=1), opens)
    if run.state == "cancelled":
        enrolled_on = world.today - dt.timedelta(days=3)
    world.at(
        enrolled_on,
        lambda: learners.enrol(edition, numbers.enrolled, early=numbers.early, on=enrolled_on),
        hour=11,
    )
    if run.state == "cancelled":
        world.at(world.today - dt.timedelta(days=1), step("cancel", WHY_CANCELLED))
        return
    world.at(run.starts, step("run"))
    world.at(run.starts + dt.timedelta(days=1), lambda: then(run, edition))
    if run.state == "running":
        return
    world.at(run.ends + dt.timedelta(days=1), step("finish"), hour=9)
    world.at(run.ends + dt.timedelta(days=6), lambda: learners.give_results(edition, numbers.states()))
    if run.state == "unsigned":
        return
    world.at(run.ends + dt.timedelta(days=6), step("sign"), hour=12)
    world.at(run.ends + dt.timedelta(days=38), lambda: _report(world, run, edition))
    world.at(run.ends + dt.timedelta(days=40), step("close"), hour=17)


@dataclass(frozen=True)
class Numbers:
    """How it went for the learners of an edition, as counts."""

    enrolled: int
    early: int
    left: int
    absent: int
    failed: int

    def states(self) -> list[str]:
        """One word of the student system for each learner: who withdrew early, who left, the others."""
        words = ["baja antes del inicio"] * self.early + ["baja"] * (self.left - self.early)
        words += ["finalizado"] * self.absent + ["no apto"] * self.failed
        return words + ["apto"] * (self.enrolled - len(words))


def _numbers(world: World, run: Run, edition: Edition) -> Numbers:
    assert run.learners is not None
    chance = world.chance("counts", edition.code)
    enrolled = run.learners
    left = sum(chance.random() < run.content.drop for _learner in range(enrolled))
    early = min(left, int(chance.random() < 0.25))
    completed = enrolled - left
    absent = int(chance.random() < 0.2)
    failed = sum(chance.random() < 0.04 for _learner in range(completed))
    presented = max(completed - absent, 0)
    passed = max(presented - failed, 0)
    return Numbers(enrolled, early, left, absent=completed - presented, failed=presented - passed)


def _report(world: World, run: Run, edition: Edition) -> None:
    chance = world.chance("report", edition.code)
    write_report(
        actor=world.coordinator_of(run.content.centre),
        edition=edition,
        seen=0,
        went_well=chance.choice(WENT_WELL),
        incidents=chance.choice(INCIDENTS),
        proposals=chance.choice(PROPOSALS),
        file_it=True,
    )
