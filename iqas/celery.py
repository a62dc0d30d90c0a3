"""Celery: the carrier of bells between web and workers. Why so: docs/adr/0003.

As in docker-compose.yml, so that neither mail nor the housekeeping of the jobs waits behind a dossier:

    celery -A iqas worker -Q pdf      celery -A iqas worker -Q mail,ctl      celery -A iqas beat

The job rows in the database are the truth, so nothing here needs to be safe against loss; it needs never to block,
and never to run a task for ever.
"""

from __future__ import annotations

import os
from typing import Any

import django
from celery import Celery
from celery.signals import import_modules
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iqas.settings")

TIME_LIMIT = 600
"""Seconds. Past it the work gets an exception, a minute later its process is killed."""


def configuration() -> dict[str, Any]:
    return {
        "broker_url": settings.BROKER_URL or "memory://",
        "result_backend": None,
        "task_ignore_result": True,
        "task_serializer": "json",
        "result_serializer": "json",
        "accept_content": ["json"],
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_max_tasks_per_child": 50,
        "worker_max_memory_per_child": 700_000,  # kB: WeasyPrint grows
        "worker_soft_shutdown_timeout": 30,
        "worker_hijack_root_logger": False,
        "task_soft_time_limit": TIME_LIMIT,
        "task_time_limit": TIME_LIMIT + 60,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 2,
        "task_publish_retry_policy": {
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.1,
        },
        "broker_transport_options": {
            "visibility_timeout": 3600,  # longer than any task: redelivery is not how we recover
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 25,
            "global_keyprefix": settings.REDIS_KEY_PREFIX,
        },
        "task_default_queue": "pdf",
        "task_routes": {
            "jobs.run": {"queue": "pdf"},
            "jobs.reaper": {"queue": "ctl"},
            "jobs.schedule": {"queue": "ctl"},
        },
        "timezone": "UTC",
        "enable_utc": True,
    }


app = Celery("iqas")
app.add_defaults(configuration)
app.autodiscover_tasks(["iqas.jobs"])


@import_modules.connect
def read_schedule(**kwargs: Any) -> None:
    """The schedule is known once every app has declared its work."""
    django.setup()
    from iqas.jobs.schedule import beat_schedule

    app.conf.beat_schedule = beat_schedule()
