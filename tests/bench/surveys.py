"""The load of a season of surveys on the server of production: gunicorn with two workers, PostgreSQL, Redis."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote

from tests.bench.counting import ASK, TOLD
from tests.bench.house import ROOT, House
from tests.bench.spending import Meter, spent
from tests.support.servers import own_redis
from tests.support.webserver import (
    RECEIPT,
    SECRET,
    Answer,
    Ballot,
    Browser,
    WebServer,
    vote_all_at_once,
    web_server,
)

HOST = "iqas.example.edu"
AS_THE_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/"}
WARM, ROUNDS, RUNS = 10, 3, 40
SMALL = 2, 1, 4
VOTERS, CROWD, CLIENTS, SEED = 300, 10_000, 50, 20_261
TWICE, KILLS = 0.2, 20
GROWTH = (1_000, 10_000, 100_000, 1_000_000)
SMALL_GROWTH = (100, 1_000)
RESULTS, CAMPAIGNS = "/feedback/results/", "/feedback/"
EXPORT = f"{RESULTS}export/?q=trimestral"
FILES = re.compile(r'<(?:link[^>]+rel="stylesheet"[^>]+href|script[^>]+src)="([^"]+)"')
Ask = Callable[[int, Mapping[str, str]], Answer]


@dataclass(frozen=True)
class Case:
    """One kind of request, asked again and again: `ask` gets its number and further headers."""

    kind: str
    name: str
    ask: Ask
    status: int = 200


class Load:
    """The running installation, and how to measure a request to it."""

    def __init__(self, house: House, server: WebServer, season: Mapping[str, Any], meter: Meter) -> None:
        self.house, self.server, self.season, self.meter = house, server, season, meter
        self.warm, self.rounds, self.runs = SMALL if house.small else (WARM, ROUNDS, RUNS)

    @property
    def links(self) -> int:
        return links_needed(small=self.house.small)

    def measured(self, case: Case) -> dict[str, Any]:
        """Its figures, of the round that cost least."""
        numbers = iter(range(self.links))
        counted = self._asked(case, next(numbers), {ASK: "1"})
        for _ in range(self.warm):
            self._asked(case, next(numbers), {})
        rounds = [self._round(case, numbers) for _ in range(self.rounds)]
        web, database, waits = min(rounds, key=lambda one: one[0] + one[1])
        return {
            "kind": case.kind,
            "name": case.name,
            "statements": int(counted.headers[TOLD]),
            "cpu_ms": round(web + database, 1),
            "web_ms": round(web, 1),
            "database_ms": round(database, 1),
            "wall_ms_p50": round(statistics.median(waits), 1),
            "wall_ms_p95": round(statistics.quantiles(waits, n=20)[-1], 1),
            "kilobytes": round(len(counted.body) / 1000, 1),
        }

    def _round(self, case: Case, numbers: Iterator[int]) -> tuple[float, float, list[float]]:
        waits = []
        web, database = self.meter.read()
        for _ in range(self.runs):
            began = time.perf_counter()
            self._asked(case, next(numbers), {})
            waits.append((time.perf_counter() - began) * 1000)
        web_after, database_after = self.meter.read()
        return spent(web, web_after) / self.runs, spent(database, database_after) / self.runs, waits

    def _asked(self, case: Case, number: int, headers: Mapping[str, str]) -> Answer:
        answer = case.ask(number, headers)
        if answer.status != case.status:
            raise RuntimeError(f"{case.kind}, {case.name}: {answer.status}\n{answer.body[:500]!r}")
        return answer

    def staff(self, path: str) -> Ask:
        """An officer who is signed in, on one connection."""
        browser = Browser(self.server, {"iqas_session": self.season["session"]})
        return lambda _number, headers: _again(lambda: browser.get(path, headers))

    def respondent(self, campaign: Mapping[str, Any], path: str) -> Ask:
        """One person who opens the same page again and again, on one connection."""
        browser = Browser(self.server, {"survey_token": campaign["tokens"][-1]})
        return lambda _number, headers: _again(
            lambda: browser.get(path.format(**campaign, token=campaign["tokens"][-1]), headers)
        )

    def voter(self, campaign: Mapping[str, Any], questions: int) -> Ask:
        """Each time another person, who sends everything."""

        def ask(number: int, headers: Mapping[str, str]) -> Answer:
            cookies = {"survey_token": campaign["tokens"][number], "iqas_csrf": SECRET}
            fields = {f"q-A{item}": str((number + item) % 5 + 1) for item in range(1, questions + 1)}
            with closing(Browser(self.server, cookies)) as browser:
                answer = browser.post(f"/s/c/{campaign['code']}/1/", fields, headers)
            if not RECEIPT.search(unescape(answer.body.decode())):
                raise RuntimeError(f"{answer.status}: no receipt\n{answer.body[:500]!r}")
            return answer

        return ask


def links_needed(*, small: bool) -> int:
    warm, rounds, runs = SMALL if small else (WARM, ROUNDS, RUNS)
    return 1 + warm + rounds * runs


def load(house: House) -> Iterator[dict[str, Any]]:
    """The figures to beat of the peers (EvaP on the same machine), asked of ours."""
    with ExitStack() as stack:
        redis = stack.enter_context(own_redis())
        season = json.loads(house.inside("season", *_sizes(small=house.small)))
        server = stack.enter_context(_server(house, redis.url))
        meter = stack.enter_context(closing(Meter(server, house.environment["DATABASE_URL"])))
        running = Load(house, server, season, meter)
        yield _first_view(running)
        for case in _answering(running):
            yield running.measured(case)
        yield from _results(running)
        yield _rush(running, "class")
        yield _rush(running, "crowd", twice=TWICE, kills=KILLS // (10 if house.small else 1))
        yield from _growth(running)


def _sizes(*, small: bool) -> list[str]:
    voters, crowd = (VOTERS // 10, CROWD // 100) if small else (VOTERS, CROWD)
    links = links_needed(small=small) + 1
    return ["--links", str(links), "--voters", str(voters), "--crowd", str(crowd)]


def _server(house: House, redis_url: str) -> Any:
    environment = {
        **house.environment,
        "IQAS_ENV": "production",
        "BROKER_URL": redis_url,
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "IQAS_BASE_URL": f"https://{HOST}",
        "IQAS_TRUSTED_PROXIES": "1",
        "IQAS_EMAIL_FROM": f"IQAS <calidad@{HOST}>",
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip
    return web_server(
        environment, house.folder / "web.log", application="tests.bench.counting", headers=AS_THE_PROXY
    )


def _answering(running: Load) -> Iterator[Case]:
    for questions in (12, 34):
        campaign = running.season[f"questions-{questions}"]
        page = running.respondent(campaign, "/s/c/{code}/1/")
        yield Case("open", f"{questions} questions on one page", page)
    campaign = running.season["questions-34"]
    yield Case("open", "the link", running.respondent(campaign, "/s/{token}"), status=302)
    yield Case("open", "what is told before the first question", running.respondent(campaign, "/s/c/{code}/"))
    for questions in (12, 34):
        campaign = running.season[f"questions-{questions}"]
        yield Case("submit", f"{questions} answers", running.voter(campaign, questions))


def _results(running: Load) -> Iterator[dict[str, Any]]:
    for role in ("median", "largest"):
        campaign, edition = running.season[role]
        results, whole = f"{CAMPAIGNS}campaigns/{campaign}/results/", f"{RESULTS}editions/{edition}/"
        yield running.measured(Case("course results", f"the {role} one", running.staff(results)))
        yield running.measured(Case("place results", f"the edition of the {role} one", running.staff(whole)))
    yield running.measured(Case("export", "figures, distributions and comments", running.staff(EXPORT)))
    yield from _lists(running, ("", ""))
    running.house.inside("more-surveys")
    yield from _lists(running, ("", ""), (", the last page", "?page=9999"), (", searched", "?q=algebra"))
    for name, code in running.season["places"].items():
        address = f"{RESULTS}places/{code}/"
        yield running.measured(Case("place results", f"{_size(running)}, {name}", running.staff(address)))


def _lists(running: Load, *ways: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Results, and the campaigns that they are of."""
    surveys = _size(running)
    for words, query in ways:
        for what, address in (("results", RESULTS), ("campaigns", CAMPAIGNS)):
            ask = running.staff(f"{address}{query}")
            yield running.measured(Case("results list", f"{what} of {surveys}{words}", ask))


def _size(running: Load) -> str:
    return f"{json.loads(running.house.inside('surveys'))['surveys']:,} surveys"


def _rush(running: Load, kind: str, *, twice: float = 0, kills: int = 0) -> dict[str, Any]:
    """All invited to one survey within minutes, some sending twice, web workers killed meanwhile; then it is closed,

    mixed and counted.
    """
    campaign = running.season[kind]
    ballots = [
        Ballot(
            campaign["code"],
            token,
            {f"q-A{item}": str((number * item) % 5 + 1) for item in range(1, 13)} | {"q-A13": f"persona {number}"},
        )
        for number, token in enumerate(campaign["tokens"])
    ]  # fmt: skip
    rush = vote_all_at_once(running.server, ballots, clients=CLIENTS, twice=twice, seed=SEED, kills=kills)
    counted = json.loads(running.house.inside("count-rush", "--code", campaign["code"]))
    waits = [wait * 1000 for wait in rush.waits]
    acknowledged = {receipt for receipts in rush.receipts.values() for receipt in receipts}
    return {
        "kind": kind,
        "name": f"{len(ballots):,} votes",
        "clients": CLIENTS,
        "sent": len(ballots) * 13,
        "twice": round(len(ballots) * twice),
        "kills": rush.kills,
        "broken": rush.broken,
        "errors": len(rush.errors),
        "lost": _lost(ballots, counted),
        "wall_ms_p50": round(statistics.median(waits)),
        "wall_ms_p95": round(statistics.quantiles(waits, n=20)[-1]),
        "seconds": round(rush.seconds, 1),
        "mixed_seconds": counted["seconds"],
        "right": counted["receipts"] == len(ballots) >= len(rush.receipts) == len(acknowledged)
        and rush.kills == kills,
    }


def _lost(ballots: Sequence[Ballot], counted: Mapping[str, Any]) -> int:
    """Answers that are missing, or there without having been given, question by question."""
    wrong = 0
    for item in range(1, 13):
        given = Counter(ballot.fields[f"q-A{item}"] for ballot in ballots)
        found = Counter(counted["counts"].get(f"A{item}", {}))
        wrong += (given - found).total() + (found - given).total()
    said, kept = Counter(ballot.fields["q-A13"] for ballot in ballots), Counter(counted["comments"])
    return wrong + (said - kept).total() + (kept - said).total()


def _growth(running: Load) -> Iterator[dict[str, Any]]:
    code = running.season["growing"]
    for answers in SMALL_GROWTH if running.house.small else GROWTH:
        running.house.inside("grow", "--code", code, "--answers", str(answers))
        address = f"/feedback/campaigns/{code}/results/"
        yield running.measured(
            Case("growth", f"{answers:,} people, {answers * 12:,} answers", running.staff(address))
        )


def _first_view(running: Load) -> dict[str, Any]:
    """The first page with questions of the survey of learners, with all that it loads: look.md §3."""
    campaign = running.season["learner"]
    page = running.respondent(campaign, "/s/c/{code}/1/")(0, {})
    assert page.status == 200, page.status
    browser = Browser(running.server, {})
    addresses = dict.fromkeys(FILES.findall(page.body.decode()))
    files = [_again(lambda address=address: browser.get(quote(address))) for address in addresses]
    assert files
    assert all(file.status == 200 for file in files)
    html, others = len(gzip.compress(page.body)), sum(len(gzip.compress(file.body)) for file in files)
    return {
        "kind": "first view",
        "name": "the first page with questions",
        "kilobytes": round((html + others) / 1000, 1),
        "html_kilobytes": round(html / 1000, 1),
        "files_kilobytes": round(others / 1000, 1),
    }


def _again(ask: Callable[[], Answer]) -> Answer:
    """Once more where the server had closed a connection that was kept."""
    try:
        return ask()
    except (OSError, http.client.HTTPException):
        return ask()
