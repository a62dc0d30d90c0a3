"""The product's web server as in production (gunicorn, processes and threads), and browsers that press hard."""

from __future__ import annotations

import http.client
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.support.processes import answers, running, wait_until
from tests.support.servers import free_port

SECRET = "bench0bench0bench0bench0bench0be"  # of the form and of its cookie: any will do that is in both
PATIENCE = 60
TO_BEGIN = 180  # seconds: a machine that runs several suites takes a minute to import Django twice
RECEIPT = re.compile(r'<p class="short-code receipt">([0-9A-Z-]{32})</p>')


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class WebServer:
    """gunicorn on 127.0.0.1: its master and the workers that it has now. `headers` are what a proxy in front would add."""

    port: int
    pid: int
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid).children()
        return []

    def kill_a_worker(self, dice: random.Random) -> bool:
        """SIGKILL to one worker, whatever it is doing; the master starts another."""
        workers = self.workers()
        if not workers:
            return False
        with suppress(psutil.NoSuchProcess):
            dice.choice(workers).send_signal(signal.SIGKILL)
        return True


@contextmanager
def web_server(
    env: Mapping[str, str],
    log: Path,
    *,
    workers: int = 2,
    threads: int = 4,
    application: str = "iqas.wsgi",
    headers: Mapping[str, str] | None = None,
) -> Iterator[WebServer]:
    """The command of docker-compose.yml, on a free port, with as many workers as asked for."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", f"{application}:application", f"--bind=127.0.0.1:{port}",
        f"--workers={workers}", f"--threads={threads}", "--timeout=60", "--max-requests=2000",
        "--max-requests-jitter=200", f"--access-logfile={log.with_suffix('.access')}",
        "--logger-class=iqas.access_log.AccessLog",
    ]  # fmt: skip
    with running(command, env=dict(env), log=log) as process:
        server = WebServer(port, process.pid, headers or {})
        if not wait_until(lambda: answers(f"{server.url}/healthz"), TO_BEGIN):
            raise RuntimeError(f"gunicorn does not answer.\n{log.read_text()[-3000:]}")
        yield server


class Browser:
    """One connection that is kept, as a browser keeps it. Cookies are given, not remembered."""

    def __init__(self, server: WebServer, cookies: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._headers = server.headers

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._send("GET", path, b"", headers or {})

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": SECRET, **fields}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, body, {**kind, **(headers or {})})

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            own = {"Cookie": self._cookies, "Accept-Language": "es"}
            self._connection.request(method, path, body, {**self._headers, **headers, **own})
            response = self._connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise


# --- a class that votes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ballot:
    """The link of one person, and what this person will send in one page."""

    campaign: str
    token: str
    fields: Mapping[str, str]


@dataclass
class Rush:
    """What became of the ballots; `receipts` by token. Whoever is told "received before" sent the same twice."""

    receipts: dict[str, list[str]] = field(default_factory=dict)
    received_before: int = 0
    broken: int = 0  # connections that a killed worker left without an answer, which were tried again
    errors: list[str] = field(default_factory=list)
    kills: int = 0
    seconds: float = 0
    waits: list[float] = field(default_factory=list)


def vote_all_at_once(
    server: WebServer,
    ballots: Sequence[Ballot],
    *,
    clients: int,
    twice: float,
    seed: int,
    kills: int = 0,
) -> Rush:
    """Sends all ballots with so many clients, a share of them twice, in a random order.

    So many times a worker is killed, each time after some further answers: however slowly a new one begins, the rush goes
    on. A client that gets no answer tries again until it has one.
    """
    dice = random.Random(seed)
    queue = [*ballots, *dice.sample(list(ballots), round(twice * len(ballots)))]
    dice.shuffle(queue)
    turns = sorted(dice.sample(range(1, len(queue) * 9 // 10), kills))
    rush, lock, over = Rush(), threading.Lock(), threading.Event()

    def client() -> None:
        while True:
            with lock:
                if not queue:
                    return
                ballot = queue.pop()
            _cast(server, ballot, rush, lock)

    def killer() -> None:
        own = random.Random(seed)
        for turn in turns:
            while len(rush.waits) < turn and not over.wait(0.005):
                pass
            rush.kills += not over.is_set() and server.kill_a_worker(own)

    began = time.perf_counter()
    hangman = threading.Thread(target=killer)
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in (*threads, hangman):
        thread.start()
    for thread in threads:
        thread.join()
    rush.seconds = time.perf_counter() - began
    over.set()
    hangman.join()
    return rush


def _cast(server: WebServer, ballot: Ballot, rush: Rush, lock: threading.Lock) -> None:
    began = time.perf_counter()
    deadline = began + 2 * PATIENCE
    while time.perf_counter() < deadline:
        browser = Browser(server, {"survey_token": ballot.token, "iqas_csrf": SECRET})
        try:
            answer = browser.post(f"/s/c/{ballot.campaign}/1/", ballot.fields)
        except (OSError, http.client.HTTPException):
            with lock:
                rush.broken += 1
            time.sleep(0.05)
            continue
        finally:
            browser.close()
        receipt = RECEIPT.search(unescape(answer.body.decode()))
        with lock:
            rush.waits.append(time.perf_counter() - began)
            if answer.status == 200 and receipt:
                rush.receipts.setdefault(ballot.token, []).append(receipt[1])
            elif answer.status == 410:
                rush.received_before += 1
            else:
                rush.errors.append(f"{answer.status}: {answer.body[:300]!r}")
        return
    with lock:
        rush.errors.append("no answer for two minutes")
