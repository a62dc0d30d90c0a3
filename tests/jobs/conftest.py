from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from iqas.celery import app
from iqas.jobs import bell, registry
from tests.jobs import kinds  # noqa: F401  declares the work of the tests


@pytest.fixture(autouse=True)
def no_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own recurring work stays out of these tests."""
    monkeypatch.setattr(registry, "_periodics", {})


@pytest.fixture
def broker(settings: Any) -> Iterator[Callable[[str], None]]:
    """`broker(url)`: this process rings at that Redis, until the end of the test."""

    def use(url: str) -> None:
        settings.BROKER_URL = url
        app.conf.broker_url = url or "memory://"
        app.conf.broker_read_url = app.conf.broker_write_url = app.conf.broker_url
        forget_connections()

    def forget_connections() -> None:
        if app._pool is not None:
            app._pool.force_close_all()
        app._pool = None
        app.amqp._producer_pool = None
        bell.breaker.reset()

    before = app.conf.broker_url
    yield use
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = before
    forget_connections()
