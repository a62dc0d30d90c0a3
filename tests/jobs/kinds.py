"""Kinds of work for the tests. Imported by the tests and by the workers that they start."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from iqas.jobs.registry import job_kind
from iqas.jobs.runner import JobContext


@job_kind("tests.make", title="Make a file")
def make(context: JobContext, *, number: int = 1, seconds: float = 0) -> None:
    """A file that depends on its number only, made in steps."""
    steps = 10
    for step in range(steps):
        time.sleep(seconds / steps)
        context.progress(step + 1, steps, "Writing")
    context.artefact(f"content {number}".encode(), f"file-{number}.txt", "text/plain")


@job_kind("tests.chaos", title="Make a file among crashes")
def among_crashes(context: JobContext, *, number: int) -> None:
    """Takes one to two seconds, and writes bytes that differ at each attempt, so that a second file would show."""
    attempt_log = Path(os.environ["CHAOS_LOG"])
    with attempt_log.open("a") as log:
        log.write(f"{number} {os.getpid()} {context.job.attempts}\n")
    for step in range(10):
        time.sleep(random.uniform(0.1, 0.2))
        context.progress(step + 1, 10, "Working")
    context.artefact(
        f"{number} {os.urandom(8).hex()}".encode() * 20_000, f"file-{number}.bin", "application/octet-stream"
    )
    time.sleep(0.2)


@job_kind("tests.large", title="Make a large file")
def large(context: JobContext, *, megabytes: int) -> None:
    context.artefact(b"x" * megabytes * 1024 * 1024, "large.bin", "application/octet-stream")
