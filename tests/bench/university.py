"""The large university of the bench, the lists of people that are imported into it, and the pages that are measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db.models import Count, QuerySet
from django.urls import reverse

from iqas.core.tabular import write_xlsx
from iqas.ui.lists import PER_PAGE
from microcredentials.models import (
    Agreement,
    AnnualProgramme,
    Edition,
    Enrolment,
    Learner,
    MicroCredential,
    Partner,
    Pathway,
    Submission,
)
from tests.bench.pages import PageCase
from tests.bench.registers import fill
from tests.support.large import build_large

HEADER = (
    "edicion", "nombre", "apellidos", "correo", "nia", "estado", "nota", "fecha de matricula", "sexo",
    "año de nacimiento", "nacionalidad", "residencia", "via de acceso",
)  # fmt: skip
LETTERS = "abcdefghij"


def build(folder: Path, *, small: bool) -> None:
    """The large university, and three lists of enrolments beside it."""
    call_command("migrate", verbosity=0)
    build_large(microcredentials=60 if small else 2_000)
    editions = list(
        Edition.objects.filter(state="finished").values_list("code", flat=True)[: 4 if small else 400]
    )
    rows = 100 if small else 10_000
    first, second = people(editions, rows, "a"), people(editions, rows, "b")
    as_csv(folder / "first.csv", first)
    with (folder / "second.xlsx").open("wb") as target:
        write_xlsx(target, [HEADER, *second])
    bad = list(first)
    bad[rows * 7 // 10] = (*bad[rows * 7 // 10][:6], "once", *bad[rows * 7 // 10][7:])
    as_csv(folder / "bad.csv", bad)


def people(editions: list[str], rows: int, who: str) -> list[tuple[str, ...]]:
    return [
        (
            editions[n % len(editions)], f"Nombre{LETTERS[n % 10]}",
            f"Apellido{''.join(LETTERS[int(d)] for d in str(n))}", f"{who}{n}@example.org", f"{who.upper()}{n:07d}",
            ("apto", "no apto", "abandono")[n % 3], ("8,5", "3", "")[n % 3], "01/10/2022",
            ("mujer", "hombre")[n % 2], str(1960 + n % 40), "española", "Valladolid", "grado",
        )
        for n in range(rows)
    ]  # fmt: skip


def as_csv(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.write_text("\n".join(";".join(row) for row in (HEADER, *rows)), encoding="utf-8")


def pages() -> Iterator[PageCase]:
    """Lists as people use them (as they come, in the middle, at the end, searched, filtered) and the pages of objects."""
    fill()
    yield from _catalogue()
    yield from _people()
    yield from _registers()
    yield from _objects()


def _list(
    name: str, rows: QuerySet[Any], *, search: str, filtered: str, kind: str = "list"
) -> Iterator[PageCase]:
    """One list in five ways."""
    address = reverse(f"microcredentials:{name}")
    last = max(-(-rows.count() // PER_PAGE), 1)
    for query in ("", f"?page={-(-last // 2)}", f"?page={last}", f"?q={search}", f"?{filtered}"):
        yield PageCase(kind, "quality_officer", f"{address}{query}")


def _catalogue() -> Iterator[PageCase]:
    yield from _list(
        "microcredential-list",
        MicroCredential.objects.all(),
        search="algebra",
        filtered="state=published&complete=yes&sort=-complete&page=9",
    )
    editions = Edition.objects.all()
    yield from _list(
        "edition-list", editions, search="algebra+2023", filtered="state=closed&sort=-title&page=9"
    )
    own = -(-editions.count() // PER_PAGE // 16)
    yield PageCase("list", "coordinator", f"{reverse('microcredentials:edition-list')}?page={own}")
    yield from _list("approval-list", Submission.objects.all(), search="algebra", filtered="state=waiting")


def _people() -> Iterator[PageCase]:
    yield from _list(
        "learner-list",
        Learner.objects.all(),
        search="nombrea",
        filtered="centre=C01&sort=-name&page=3",
        kind="people",
    )
    yield from _list(
        "enrolment-register",
        Enrolment.objects.all(),
        search="nombrea",
        filtered="centre=C01&state=passed&page=3",
        kind="people",
    )
    crowded = _crowded()
    address = reverse("microcredentials:enrolment-list", args=[crowded.code])
    last = -(-crowded.enrolments.count() // PER_PAGE)
    for query in ("", f"?page={last}", "?q=nombrea", "?state=passed&page=3"):
        yield PageCase("people", "quality_officer", f"{address}{query}")


def _registers() -> Iterator[PageCase]:
    yield from _list(
        "partner-list",
        Partner.objects.all(),
        search="empresa",
        filtered="kind=company&role=teaching&agreement=in_force&sort=-name",
    )
    yield from _list("agreement-list", Agreement.objects.all(), search="convenio", filtered="state=in_force")
    yield from _list("pathway-list", Pathway.objects.all(), search="itinerario", filtered="target=degree")
    programme = AnnualProgramme.objects.earliest("code")
    yield PageCase("list", "quality_officer", reverse("microcredentials:programme-list"))
    continuing = reverse("microcredentials:programme-continuing", args=[programme.code])
    yield PageCase("list", "quality_officer", continuing)
    yield PageCase("list", "quality_officer", f"{continuing}?q=algebra&page=2")


def _objects() -> Iterator[PageCase]:
    published = MicroCredential.objects.filter(state="published").order_by("code")[0]
    draft = Submission.objects.order_by("version__microcredential__code")[0].version.microcredential
    edition = _crowded()
    partner = Partner.objects.annotate(places=Count("participations")).order_by("-places", "code")[0]
    enrolment = edition.enrolments.order_by("pk")[0]
    for name, arguments in (
        ("microcredential-detail", [published.code]),
        ("version-detail", [published.code, 1]),
        ("proposal-detail", [published.code]),
        ("document-list", [published.code]),
        ("microcredential-partners", [published.code]),
        ("microcredential-detail", [draft.code]),
        ("proposal-detail", [draft.code]),
        ("approval-detail", [draft.code]),
        ("edition-detail", [edition.code]),
        ("edition-report", [edition.code]),
        ("learner-detail", [enrolment.learner_id]),
        ("enrolment-edit", [enrolment.pk]),
        ("partner-detail", [partner.code]),
        ("pathway-detail", [Pathway.objects.earliest("code").code]),
        ("programme-detail", [AnnualProgramme.objects.earliest("code").code]),
    ):
        address = reverse(f"microcredentials:{name}", args=arguments)
        yield PageCase("object", "quality_officer", address)


def _crowded() -> Edition:
    """The edition with the longest list of enrolments."""
    return Edition.objects.annotate(people=Count("enrolments")).order_by("-people", "code")[0]
