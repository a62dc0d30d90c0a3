"""The real commands of a worker, for a process of its own, with the kinds of the tests.

python -m tests.jobs.worker [options of run_jobs]
celery -A tests.jobs.worker worker|beat …
"""

from __future__ import annotations

import sys
from typing import Any

import django

django.setup()

from iqas.celery import app  # noqa: E402
from tests.jobs import kinds  # noqa: E402, F401  declares the work

__all__ = ["app"]


def deliver_twice(celery_app: Any) -> None:
    """Every message that this process sends reaches the broker twice."""
    send_once = celery_app.send_task

    def send_task(*args: Any, **kwargs: Any) -> Any:
        send_once(*args, **kwargs)
        return send_once(*args, **kwargs)

    celery_app.send_task = send_task


if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "run_jobs", *sys.argv[1:]])
else:
    deliver_twice(app)
