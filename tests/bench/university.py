"""What the bench does within Django: build the large university and its lists, and measure its pages."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iqas.accounts.models import RoleAssignment
from iqas.core.tabular import write_xlsx
from microcredentials.models import Edition, MicroCredential
from tests.support.large import build_large

ROUNDS, RUNS, WARM = (
    3,
    20,
    3,
)  # the quietest round counts: what else the machine does is no property of a page
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


def pages() -> None:
    """One line of JSON a page: statements, and CPU milliseconds of this process (50th and 95th percentile)."""
    one = MicroCredential.objects.filter(state="published").order_by("code").first()
    assert one is not None
    edition = Edition.objects.filter(enrolments__isnull=False).order_by("code").first()
    assert edition is not None
    last = -(-MicroCredential.objects.count() // 25), -(-Edition.objects.count() // 25)
    for role, address, most in (
        ("quality_officer", "/microcredentials/", 12),
        ("quality_officer", f"/microcredentials/?page={last[0] // 2}", 12),
        ("quality_officer", f"/microcredentials/?page={last[0]}", 12),
        ("quality_officer", "/microcredentials/?q=algebra", 12),
        ("quality_officer", "/microcredentials/?state=published&complete=yes&sort=-complete&page=9", 12),
        ("quality_officer", "/microcredentials/editions/", 12),
        ("quality_officer", f"/microcredentials/editions/?page={last[1] // 2}", 12),
        ("quality_officer", f"/microcredentials/editions/?page={last[1]}", 12),
        ("quality_officer", "/microcredentials/editions/?q=algebra+2023", 12),
        ("quality_officer", "/microcredentials/editions/?state=closed&sort=-title&page=9", 12),
        ("coordinator", f"/microcredentials/editions/?page={last[1] // 16}", 12),
        ("quality_officer", one.get_absolute_url(), 20),
        ("quality_officer", edition.get_absolute_url(), 20),
    ):
        print(json.dumps(page(role, address, most)), flush=True)


def page(role: str, address: str, most: int) -> dict[str, Any]:
    client = Client(headers={"accept-language": "es"})
    client.force_login(RoleAssignment.objects.filter(role=role).select_related("user")[0].user)
    for _ in range(WARM):
        answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
        statements = len(captured.captured_queries)
    spent, waited = min(
        (measured(client, address) for _ in range(ROUNDS)), key=lambda one: statistics.median(one[0])
    )
    return {
        "kind": "page",
        "name": address,
        "role": role,
        "statements": statements,
        "most_statements": most,
        "cpu_ms_p50": round(statistics.median(spent)),
        "cpu_ms_p95": round(statistics.quantiles(spent, n=20)[-1]),
        "wall_ms_p50": round(statistics.median(waited)),
    }


def measured(client: Client, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds of CPU and by the clock of a round of requests."""
    spent, waited = [], []
    for _ in range(RUNS):
        began, before = time.perf_counter(), time.process_time()
        client.get(address)
        spent.append((time.process_time() - before) * 1000)
        waited.append((time.perf_counter() - began) * 1000)
    return spent, waited
