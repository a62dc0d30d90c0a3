"""Measuring a page within this process: statements, and milliseconds of CPU and by the clock."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iqas.accounts.models import RoleAssignment

ROUNDS = 3  # the quietest one counts: what else the machine does is no property of a page
RUNS, WARM = 20, 3
SMALL = 2, 2


@dataclass(frozen=True)
class PageCase:
    """A page as a person of a role opens it; `kind` says what is promised of it."""

    kind: str
    role: str
    address: str


def measure(cases: Iterable[PageCase], *, small: bool) -> None:
    """One line of JSON a page."""
    rounds, runs = SMALL if small else (ROUNDS, RUNS)
    for case in cases:
        print(json.dumps(_line(case, rounds, runs)), flush=True)


def _line(case: PageCase, rounds: int, runs: int) -> dict[str, Any]:
    client = Client(headers={"accept-language": "es"})
    client.force_login(RoleAssignment.objects.filter(role=case.role).select_related("user")[0].user)
    for _ in range(min(WARM, runs)):
        answer = client.get(case.address)
        assert answer.status_code == 200, f"{case.address}: {answer.status_code}"
    with CaptureQueriesContext(connection) as captured:
        client.get(case.address)
        statements = len(captured.captured_queries)
    spent, waited = min(
        (_round(client, case.address, runs) for _ in range(rounds)), key=lambda one: statistics.median(one[0])
    )
    return {
        "kind": case.kind,
        "name": case.address,
        "role": case.role,
        "statements": statements,
        "cpu_ms_p50": round(statistics.median(spent)),
        "cpu_ms_p95": round(statistics.quantiles(spent, n=20)[-1]),
        "wall_ms_p50": round(statistics.median(waited)),
    }


def _round(client: Client, address: str, runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of CPU and by the clock of each request."""
    spent, waited = [], []
    for _ in range(runs):
        began, before = time.perf_counter(), time.process_time()
        client.get(address)
        spent.append((time.process_time() - before) * 1000)
        waited.append((time.perf_counter() - began) * 1000)
    return spent, waited
