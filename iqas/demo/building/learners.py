"""Who learnt: people who do not exist, always the same, enrolled by the lists that the student system would send."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from iqas.core.text import sort_key
from iqas.demo.building.world import World
from microcredentials.identity import LETTERS
from microcredentials.models import Edition
from microcredentials.services.enrolment_import import import_enrolments

WOMEN = (
    "Ana", "María José", "Lucía", "Carmen", "Inés", "Noelia", "Rocío", "Aitana", "Begoña", "Chelo", "Fátima", "Irina",
    "Julia", "Leire", "Montserrat", "Nerea", "Olga", "Paula", "Raquel", "Sofía", "Teresa", "Úrsula", "Yolanda", "Zoe",
)  # fmt: skip
MEN = (
    "Álvaro", "Bruno", "César", "David", "Emilio", "Félix", "Gonzalo", "Héctor", "Íñigo", "Javier", "Karim", "Luis",
    "Martín", "Nicolás", "Óscar", "Pablo", "Quique", "Rubén", "Sergio", "Tomás", "Unai", "Víctor", "Xavier", "Youssef",
)  # fmt: skip
SURNAMES = (
    "Alarcón", "Benítez", "Cañizares", "Domínguez", "Echeverría", "Fuentes", "Gálvez", "Herrero", "Ibáñez", "Jover",
    "Lozano", "Muñoz", "Navarro", "Ochoa", "Pardo", "Quintana", "Rueda", "Sáez", "Tormo", "Ureña", "Valcárcel", "Zapata",
    "Amor", "Botella", "Climent", "Devesa", "Esclapez", "Ferrándiz", "Gisbert", "Hurtado", "Iborra", "Llorens", "Moltó",
)  # fmt: skip
ABROAD = ("MA", "RO", "CO", "PT", "IT", "UA")
PLACES = ("Vallehermoso", "Vallehermoso", "Vallehermoso", "Ribera del Duero", "Villanueva", "Puerto Blanco")
ROUTES = ("degree", "degree", "vocational", "vocational", "secondary", "experience")
HEADER = (
    "nombre", "apellidos", "correo", "tipo de documento", "documento", "expediente", "estado", "nota",
    "fecha de matrícula", "sexo", "año de nacimiento", "nacionalidad", "residencia", "vía de acceso",
)  # fmt: skip
COMES_BACK = 0.04


class Learners:
    """The people of the demonstration in the order in which they first enrol."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: list[dict[str, Any]] = []
        self.of: dict[str, list[dict[str, Any]]] = {}

    def of_edition(self, edition: Edition, count: int) -> list[dict[str, Any]]:
        """The people of an edition, chosen when they are first asked for."""
        if edition.code not in self.of:
            chance = self.world.chance("who", edition.code)
            people: list[dict[str, Any]] = []
            while len(people) < count:
                person = self._one(chance)
                if person not in people:
                    people.append(person)
            self.of[edition.code] = people
        return self.of[edition.code]

    def enrol(self, edition: Edition, count: int, *, early: int, on: dt.date) -> None:
        """Before the first day: everybody, and who withdrew by then."""
        rows = [
            self._row(person, state="baja antes del inicio" if number < early else "matriculado", on=on)
            for number, person in enumerate(self.of_edition(edition, count))
        ]
        self._import(edition, rows, "matricula")

    def give_results(self, edition: Edition, states: Iterable[str]) -> None:
        """After the last day: how it went, with a grade for who was assessed."""
        chance = self.world.chance("grades", edition.code)
        rows = []
        for person, state in zip(self.of[edition.code], states, strict=True):
            grade = {"apto": chance.uniform(5.5, 9.9), "no apto": chance.uniform(2.5, 4.8)}.get(state)
            rows.append(self._row(person, state=state, grade="" if grade is None else f"{grade:.1f}"))
        self._import(edition, rows, "acta")

    def _one(self, chance: Random) -> dict[str, Any]:
        if self.known and chance.random() < COMES_BACK:
            return chance.choice(self.known)
        person = somebody(self.world, len(self.known) + 1)
        self.known.append(person)
        return person

    def _row(
        self, person: dict[str, Any], *, state: str, grade: str = "", on: dt.date | None = None
    ) -> list[str]:
        identity = [
            person[name] for name in ("given", "family", "email", "document_kind", "document", "student")
        ]
        counted = [person[name] for name in ("sex", "born", "nationality", "residence", "access")]
        return [*identity, state, grade.replace(".", ","), on.isoformat() if on else "", *counted]

    def _import(self, edition: Edition, rows: list[list[str]], name: str) -> None:
        report = import_enrolments(
            actor=self.world.coordinator_of(edition.microcredential.centre.code),
            file=io.BytesIO("".join(_lines(rows)).encode()),
            edition=edition,
            filename=f"{name}-{edition.code}.csv",
        )
        assert report.written, report.rejected[:3]


def somebody(world: World, number: int) -> dict[str, Any]:
    """The person with this number: about every fourth is an adult without a student number."""
    chance = world.chance("learner", number)
    sex = chance.choice(("mujer", "mujer", "hombre"))
    given = chance.choice(WOMEN if sex == "mujer" else MEN)
    family = f"{chance.choice(SURNAMES)} {chance.choice(SURNAMES)}"
    foreign = chance.random() < 0.09
    kind, document = _document(number, foreign)
    word = sort_key(f"{given.split()[0]}.{family.split(maxsplit=1)[0]}")
    return {
        "given": given,
        "family": family,
        "email": f"{word}{number}@alumni.example",
        "document_kind": kind,
        "document": document if chance.random() < 0.9 else "",
        "student": f"{710_000 + number}" if chance.random() < 0.74 else "",
        "sex": sex,
        "born": str(chance.randint(1963, 2002)),
        "nationality": chance.choice(ABROAD) if foreign else "ES",
        "residence": chance.choice(PLACES),
        "access": chance.choice(ROUTES),
    }


def _document(number: int, foreign: bool) -> tuple[str, str]:
    """A number that no office gives out, with the letter that fits."""
    digits = 1_000_000 + number * 37 if foreign else 90_000_000 + number * 37
    letter = LETTERS[digits % 23]
    return ("nie", f"X{digits}{letter}") if foreign else ("dni", f"{digits}{letter}")


def _lines(rows: list[list[str]]) -> Iterator[str]:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(HEADER)
    table.writerows(rows)
    yield text.getvalue()
