"""Web and jobs of a small installation in one process group, without a broker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

STOP_SECONDS = 20


class Command(BaseCommand):
    help = (
        "Serve web and jobs on this machine until Ctrl-C. Behind a broker, use gunicorn and Celery instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--workers", type=int, default=2, help="web processes (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        refuse_taken_port(host, port)
        house = Group(
            {
                "web": web_command(host, port, options["workers"]),
                "jobs": [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs"],
            }
        )
        ended = house.run_until_told()
        if ended:
            raise CommandError(f"The {ended} process ended by itself; the others were stopped.")


def web_command(host: str, port: int, workers: int) -> list[str]:
    """gunicorn, quiet: a person in a terminal wants to see errors only."""
    return [
        *(sys.executable, "-m", "gunicorn", "iqas.wsgi:application", "--chdir", str(settings.BASE_DIR)),
        *("--bind", f"{host}:{port}", "--workers", str(workers), "--threads", "4"),
        *("--graceful-timeout", "5", "--log-level", "error"),
    ]


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken on this machine. Choose another: make run PORT={port + 1}"
            ) from error


class Group:
    """Processes that live and end together, in the process group of this one."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self._commands = commands
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._told = False

    def run_until_told(self) -> str:
        """Run until SIGINT, SIGTERM or SIGHUP, or until one ends by itself; returns the name of that one."""
        # Ctrl-C reaches the whole group. The children inherit deaf ears: one that is still starting would
        # answer with a traceback, and SIGTERM ends them all anyway.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        ended = ""
        try:
            for name, command in self._commands.items():
                self._running[name] = subprocess.Popen(command, env=os.environ)
            for known in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(known, self._be_told)
            while not self._told and not ended:
                time.sleep(0.2)
                ended = next((name for name, child in self._running.items() if child.poll() is not None), "")
        finally:
            self._stop_all()
        return "" if self._told else ended

    def _be_told(self, _signal: int, _frame: FrameType | None) -> None:
        self._told = True

    def _stop_all(self) -> None:
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
