"""Fixtures of the whole suite. What each is for: tests/README.md."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings as hypothesis_settings

from tests.support.servers import OwnRedis, own_redis

if TYPE_CHECKING:
    from django.test import Client

# How long one example takes says nothing on a busy machine; pytest-timeout watches over the whole test.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
FOLDER_MARKS = {"e2e": "browser", "pdf": "pdf"}
ENGINE_BLIND_FOLDERS = {"e2e", "pdf", "web"}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
FILLED_BY_MIGRATING = {"django_content_type", "auth_permission"}
MAY_BE_ABSENT = "reference data absent"


# --- which tests run -------------------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder, and leave out what belongs to the other engine (left out is not skipped).

    A test that may not touch the database (pytest-django refuses it without mark or fixture) proves the same twice:
    it runs once, with SQLite. So does what is drawn from what services and selectors gave, pages and PDFs, except where
    a test asks for `both` engines; that every page of the product also answers on PostgreSQL, a walk through all of
    them proves (tests/web/test_access_policy.py).
    """
    other_engine = "sqlite" if _on_postgres() else "postgres"
    kept, left_out = [], []
    for item in items:
        if folder_mark := FOLDER_MARKS.get(item.path.relative_to(ROOT / "tests").parts[0]):
            item.add_marker(folder_mark)
        if _is_engine_blind(item) and not item.get_closest_marker("postgres"):
            item.add_marker("sqlite")
        (left_out if item.get_closest_marker(other_engine) else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = _slow_ones_first(kept, workers=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _slow_ones_first(items: list[pytest.Item], *, workers: int) -> list[pytest.Item]:
    """Each worker's share (xdist hands out contiguous ones) begins with slow files: none is alone with one at the end.

    A file's slow tests stay together, so that they share what the file builds once. The order is otherwise the one given:
    no test leans on rows that another kind of test finds and empties, because no migration leaves rows.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow"):
            files.setdefault(item.path, []).append(item)
    quick = [item for item in items if not item.get_closest_marker("slow")]
    shares: list[list[pytest.Item]] = [[] for _worker in range(workers)]
    for file in sorted(files.values(), key=len, reverse=True):
        min(shares, key=len).extend(file)
    for number, share in enumerate(shares, 1):
        wanted = max(len(items) * number // workers - sum(map(len, shares[:number])), 0)
        share.extend(quick[:wanted])
        del quick[:wanted]
    return [item for share in shares for item in share] + quick


def pytest_collection_finish(session: pytest.Session) -> None:
    """What stands now stays to the end: the collector need not look at it again, a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _is_engine_blind(item: pytest.Item) -> bool:
    if item.get_closest_marker("both"):
        return False
    if item.path.relative_to(ROOT / "tests").parts[0] in ENGINE_BLIND_FOLDERS:
        return True
    fixtures = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return not fixtures and item.get_closest_marker("django_db") is None


def _on_postgres() -> bool:
    from django.conf import settings

    return bool(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With CI=true nothing is skipped for lack of a part: such a skip is a failure."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MAY_BE_ABSENT not in reason:
            report.outcome = "failed"
            report.longrepr = f"Skipped under CI=true, where everything must run: {reason}"
    return report


# --- pages --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _watch_whole_pages_only(django_test_environment: None) -> None:
    """`response.context` is that of the page: Django's own watch also copies that of each part a page includes."""
    from django.template.base import Template
    from django.test.signals import template_rendered

    def render(self: Template, context: Any) -> str:
        if context.template is self:
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render


# --- the database -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database begins as a copy of a migrated one, which Django must not throw away."""
    return not _on_postgres()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    from tests.support import template

    with django_db_blocker.unblock():
        template.prepare()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: None, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """The guards of the database stand in tests too, and step aside only while tables are emptied."""
    from django.core.management.commands import flush
    from django.db import connection

    from iqas.core import audit_guard
    from microcredentials import frozen_guard
    from tests.support import template

    with django_db_blocker.unblock():
        template.keep()
    empty_tables, say_how_to_empty = connection.ops.execute_sql_flush, connection.ops.sql_flush

    def empty_with_guards_aside(statements: list[str]) -> None:
        for guard in (audit_guard, frozen_guard):
            guard.remove(connection)
        empty_tables(statements)
        for guard in (audit_guard, frozen_guard):
            guard.install(connection)

    def all_but_what_migrating_fills(style: Any, tables: list[str], **options: Any) -> list[str]:
        return say_how_to_empty(
            style, [table for table in tables if table not in FILLED_BY_MIGRATING], **options
        )

    connection.ops.execute_sql_flush = empty_with_guards_aside
    connection.ops.sql_flush = all_but_what_migrating_fills
    # After each emptying Django would look for the permissions and kinds of content of every model again.
    flush.emit_post_migrate_signal = lambda *args, **options: None
    yield
    with django_db_blocker.unblock():
        template.drop()


@pytest.fixture(autouse=True)
def _forget_the_language() -> Iterator[None]:
    """A page that was asked for in English leaves the thread in English."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _forget_login_limits() -> None:
    """The limits of sign-in count in the cache, which outlives a test."""
    from django.core.cache import cache

    cache.clear()


# --- time --------------------------------------------------------------------------------------------


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """Stop the clock: `at("2026-03-01 10:00")` is that moment in Madrid, from here to the end of the test.

    Call it again to move on. Returns the moment, aware.
    """
    import time_machine

    travels: list[time_machine.travel] = []

    def travel_to(moment: str) -> datetime:
        while travels:
            travels.pop().stop()
        aware = datetime.fromisoformat(moment)
        if aware.tzinfo is None:
            aware = aware.replace(tzinfo=ZoneInfo("Europe/Madrid"))
        travel = time_machine.travel(aware, tick=False)
        travel.start()
        travels.append(travel)
        return aware

    yield travel_to
    while travels:
        travels.pop().stop()


# --- people ------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db: None) -> Callable[..., Any]:
    """`staff("coordinator", scope=mc.scope)` is a new active user who holds that role there.

    Without `scope` the role is held for the whole university. Further keywords are fields of the user.
    """
    from tests.factories.accounts import make_staff

    return make_staff


@pytest.fixture
def client_for() -> Callable[[Any], Client]:
    """`client_for(user)` is a Django test client signed in as that user; `client_for(None)` is anybody."""
    from django.test import Client

    def signed_in(user: Any) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return signed_in


# --- queries -----------------------------------------------------------------------------------------


@pytest.fixture
def max_queries() -> Callable[[int], AbstractContextManager[None]]:
    """`with max_queries(12): client.get(url)` fails, listing the statements, when there are more.

    Savepoints are not counted.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def limit(most: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        counted = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"][:20]]
        listing = "\n".join(f"{number:3} {sql[:300]}" for number, sql in enumerate(counted, 1))
        assert len(counted) <= most, f"{len(counted)} statements where {most} are allowed:\n{listing}"

    return limit


# --- Redis -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis to talk to, never to stop or to empty: TEST_REDIS_URL, else one started here."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
    else:
        with own_redis() as server:
            yield server.url


@pytest.fixture(name="own_redis")
def own_redis_fixture() -> Iterator[OwnRedis]:
    """A Redis that belongs to this test alone: `.url .stop() .kill() .start() .freeze() .thaw()`."""
    with own_redis() as server:
        yield server


# --- files and papers --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; the test is skipped, saying so, where it is absent."""
    for folder in (ROOT.parent / "shared" / "data", ROOT.parent.parent / "shared" / "data"):
        if folder.is_dir():
            return folder
    pytest.skip(f"{MAY_BE_ABSENT}: ../shared/data is not part of the repository")
