"""The registry behind `manage.py doctor`: what can be wrong with an installation, said in plain sentences.

An app adds its own in `<app>/checks.py`:

    @check("survey-keys", "Every open survey has its key.")
    def survey_keys() -> Iterator[str]:
        yield "The key of C-0007 is missing: restore the folder of keys from its backup."

A check yields one sentence per problem, with its remedy, and nothing where all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from django.db import transaction

Problems = Iterable[str]
State = Literal["ok", "advice", "wrong", "not asked"]


@dataclass(frozen=True)
class Check:
    """One question to the installation. `advice`: the installation works, but should be better."""

    id: str
    doc: str
    ask: Callable[[], Problems]
    needs_database: bool
    advice: bool


@dataclass(frozen=True)
class Finding:
    """The answer to one check: its state, and one sentence per problem."""

    id: str
    doc: str
    state: State
    problems: tuple[str, ...] = ()


_checks: dict[str, Check] = {}


def check(
    id: str,  # noqa: A002
    doc: str,
    *,
    needs_database: bool = True,
    advice: bool = False,
) -> Callable[[Callable[[], Problems]], Callable[[], Problems]]:
    """Register a check under an id that never changes; `doc` is what holds when all is well."""

    def declare(ask: Callable[[], Problems]) -> Callable[[], Problems]:
        known = _checks.get(id)
        if known is not None and known.ask is not ask:
            raise ValueError(f"Two checks are called {id}.")
        _checks[id] = Check(id, doc, ask, needs_database, advice)
        return ask

    return declare


def checks() -> list[Check]:
    """All of them: those that need no database first, then in the order of their ids."""
    return sorted(_checks.values(), key=lambda known: (known.needs_database, known.id))


def examine(only: Collection[str] = ()) -> list[Finding]:
    """Ask every check, or `only` these. One that breaks is a problem, not the end of the examination."""
    findings: list[Finding] = []
    database_is_well = True
    for known in checks():
        if only and known.id not in only:
            continue
        if known.needs_database and not database_is_well:
            findings.append(Finding(known.id, known.doc, "not asked", ("The database does not answer.",)))
            continue
        problems = _answer(known)
        findings.append(Finding(known.id, known.doc, _state(known, problems), problems))
        if known.id == "database" and problems:
            database_is_well = False
    return findings


def _answer(known: Check) -> tuple[str, ...]:
    try:
        if not known.needs_database:
            return tuple(known.ask())
        with transaction.atomic():
            return tuple(known.ask())
    except Exception as error:  # noqa: BLE001 - what a check could not find out is itself a finding
        return (f"This could not be found out: {type(error).__name__}: {error}",)


def _state(known: Check, problems: tuple[str, ...]) -> State:
    if not problems:
        return "ok"
    return "advice" if known.advice else "wrong"
