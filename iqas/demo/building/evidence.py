"""The documents that prove things: uploaded by one person, approved by another, some out of date."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable
from functools import partial

from django.core.files.base import ContentFile

from iqas.accounts.models import User
from iqas.demo.building.catalogue import proposed_on
from iqas.demo.building.world import World
from iqas.demo.content import EvidenceContent, MicroCredentialContent, UsualEvidence
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.services import add_evidence, add_version, approve_version
from iqas.frameworks.models import Criterion
from iqas.organisation.models import Scope
from microcredentials.models import Edition

FRAMEWORK = "FOUR-DIMENSIONS"
LATE_MONTHS = 3
SETTLING_IN = dt.timedelta(days=30)
GAP_WITHOUT_DOCUMENT = 120


class Documents:
    """Plans the evidence of every micro-credential and of the university and its centres."""

    def __init__(self, world: World) -> None:
        self.world = world
        found = Criterion.objects.filter(framework__code=FRAMEWORK, assessable=True)
        self.criteria = {criterion.code: criterion for criterion in found}

    def of_microcredentials(
        self, contents: Iterable[MicroCredentialContent], usual: Iterable[UsualEvidence]
    ) -> None:
        for position, content in enumerate(contents):
            for document in usual:
                if content.key not in document.missing:
                    self._of_microcredential(content, document, position)

    def of_units(self, documents: Iterable[EvidenceContent]) -> None:
        for document in documents:
            facts = [f"Ámbito: {document.scope}", f"Criterios: {', '.join(document.criteria)}"]
            self._file(
                scope=lambda code=document.scope: self.world.scopes[code],  # type: ignore[misc]
                author=lambda code=document.scope: self._unit_author(code),  # type: ignore[misc]
                kind=document.kind,
                title=document.title,
                criteria=document.criteria,
                fact=months_before(self.world.today, document.age),
                valid=document.valid,
                body=lambda day, title=document.title, lines=facts: letter(title, lines, day),  # type: ignore[misc]
                since=self.world.first_day + SETTLING_IN,
            )

    def _of_microcredential(
        self, content: MicroCredentialContent, document: UsualEvidence, position: int
    ) -> None:
        age = document.valid + LATE_MONTHS if content.key in document.late else document.age
        facts = [f"Microcredencial: {content.title_es}", f"Créditos: {content.ects} ECTS", content.need]
        table = document.kind == "data-table"
        self._file(
            scope=lambda: self.world.scopes[content.key],
            author=lambda: self.world.coordinator_of(content.centre),
            kind=document.kind,
            title=f"{document.title}: {content.title_es}",
            criteria=document.criteria,
            fact=months_before(self.world.today, age),
            valid=document.valid,
            body=(lambda day: self._results(content.key, day))
            if table
            else (lambda day: letter(document.title, facts, day)),
            since=proposed_on(self.world, content, position) + SETTLING_IN,
            extension="csv" if table else "txt",
            approved=content.key not in document.draft,
        )

    def _file(
        self,
        *,
        scope: Callable[[], Scope],
        author: Callable[[], User],
        kind: str,
        title: str,
        criteria: Iterable[str],
        fact: dt.date,
        valid: int,
        body: Callable[[dt.date], str],
        since: dt.date,
        extension: str = "txt",
        approved: bool = True,
    ) -> None:
        made: list[Evidence] = []

        def upload(day: dt.date, approved_later: bool) -> None:
            if not made:
                proves = [self.criteria[code] for code in criteria]
                made.append(
                    add_evidence(actor=author(), scope=scope(), title=title, kind=kind, criteria=proves)
                )
            version = add_version(
                actor=author(),
                evidence=made[0],
                date_of_fact=day,
                valid_until=months_before(day, -valid),
                upload=ContentFile(body(day).encode(), name=f"{kind}.{extension}"),
            )
            if approved_later:
                self.world.at(day + dt.timedelta(days=5), lambda: self._approve(version))

        cycle = renewals(fact, valid, since)
        for day in cycle:
            superseded = day != cycle[-1]
            self.world.at(
                day + dt.timedelta(days=2),
                partial(upload, day, approved_later=approved or superseded),
                hour=11,
            )

    def _unit_author(self, code: str) -> User:
        return self.world.people["officer"] if code == "UNI" else self.world.quality_of(code)

    def _approve(self, version: EvidenceVersion) -> None:
        approve_version(actor=self.world.people["approver"], version=version)

    def _results(self, key: str, day: dt.date) -> str:
        """The counts of the editions finished by then, as the coordinator would hand them in."""
        text = io.StringIO()
        table = csv.writer(text, delimiter=";", lineterminator="\n")
        table.writerow(["edición", "matrícula", "finalizan", "superan"])
        editions = Edition.objects.filter(
            microcredential__scope=self.world.scopes[key], counts__completed__isnull=False
        )
        for edition in editions.select_related("counts").order_by("code"):
            counts = edition.counts
            table.writerow([edition.code, counts.enrolled, counts.completed, counts.passed])
        table.writerow(["extraído el", f"{day:%d/%m/%Y}"])
        return text.getvalue()


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier (negative: later), at most the 28th."""
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, min(day.day, 28))


def renewals(fact: dt.date, valid: int, since: dt.date) -> list[dt.date]:
    """The days of a document's versions up to `fact`: renewed when the one before ran out, the first at `since`."""
    days = [fact]
    while months_before(days[0], valid) >= since:
        days.insert(0, months_before(days[0], valid))
    if (days[0] - since).days > GAP_WITHOUT_DOCUMENT:
        days.insert(0, since)
    return [day for day in days if day >= since]


def letter(title: str, lines: Iterable[str], day: dt.date) -> str:
    """A plain document of the demonstration."""
    body = "\n\n".join(lines)
    return f"UNIVERSIDAD DE VALLEHERMOSO\n\n{title}\n{'=' * len(title)}\n\n{body}\n\nFecha: {day:%d/%m/%Y}. Documento de demostración.\n"
