"""CPU that running processes have spent, as Linux counts it: user and system time of all their threads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.webserver import WebServer

TICK = os.sysconf("SC_CLK_TCK")
BACKENDS = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def cpu_ms(pid: int) -> float:
    """Milliseconds since the process began; 0 for one that has ended."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) * 1000 / TICK


class Meter:
    """What the workers of a web server and the processes of its database spend from one reading to the next."""

    def __init__(self, server: WebServer, database_url: str) -> None:
        import psycopg2

        self._server = server
        self._connection: Any = psycopg2.connect(database_url)
        self._connection.autocommit = True
        own = self._connection.info.backend_pid
        if not Path(f"/proc/{own}").exists():
            raise RuntimeError("PostgreSQL is on another machine: what it spends cannot be read.")

    def close(self) -> None:
        self._connection.close()

    def read(self) -> tuple[Mapping[int, float], Mapping[int, float]]:
        """Of the web and of the database, by process."""
        return {worker.pid: cpu_ms(worker.pid) for worker in self._server.workers()}, self._database()

    def _database(self) -> Mapping[int, float]:
        with self._connection.cursor() as cursor:
            cursor.execute(BACKENDS)
            found = {pid: cpu_ms(pid) for (pid,) in cursor.fetchall()}
        return {pid: spent for pid, spent in found.items() if Path(f"/proc/{pid}").exists()}


def spent(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """Milliseconds between two readings; a process that began in between counts whole."""
    return sum(value - before.get(pid, 0.0) for pid, value in after.items())
