"""An editor beside an import: whoever comes second is told, and nothing that either wrote is lost."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from django.db import connection

from iqas.core.refusals import StaleVersion
from microcredentials.models import MicroCredential, MicroCredentialVersion
from microcredentials.services import catalogue_import, proposals
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PATIENCE = 20


def beside(work: Callable[[], Any]) -> Future[None]:
    """Runs in a thread and a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return ThreadPoolExecutor(1).submit(run)


def waits(running: Future[None]) -> bool:
    return bool(wait([running], timeout=0.5).not_done)


@pytest.fixture
def draft() -> MicroCredential:
    return make_microcredential("Datos abiertos", hours=150)


@pytest.fixture
def halted(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """The import stops before it writes a change: the first event says that it has, the second lets it go on."""
    reached, go_on = threading.Event(), threading.Event()
    check = catalogue_import.validate

    def halt(version: Any) -> None:
        reached.set()
        assert go_on.wait(PATIENCE)
        check(version)

    monkeypatch.setattr(catalogue_import, "validate", halt)
    yield reached, go_on
    go_on.set()


def imports(draft: MicroCredential) -> None:
    content = f"codigo;titulo;ects;horas\n{draft.code};Datos abiertos;6;160\n".encode()
    report = catalogue_import.import_catalogue(
        actor=make_staff("quality_officer"), file=io.BytesIO(content), centre=draft.centre, drafts=True
    )
    assert report.written, report.rejected


def stored(draft: MicroCredential) -> MicroCredentialVersion:
    return MicroCredentialVersion.objects.get(microcredential=draft)


def test_who_saves_while_an_import_writes_the_same_proposal_is_told(draft: Any, halted: Any) -> None:
    reached, go_on = halted
    seen = stored(draft).version
    officer = make_staff("quality_officer")
    importing = beside(lambda: imports(draft))
    assert reached.wait(PATIENCE)
    editing = beside(
        lambda: proposals.edit_version(actor=officer, version=stored(draft), seen=seen, need="Lo piden")
    )
    assert waits(editing), "the import holds the proposal"
    go_on.set()
    assert importing.exception(PATIENCE) is None
    assert isinstance(editing.exception(PATIENCE), StaleVersion)
    assert (stored(draft).hours, stored(draft).need, stored(draft).version) == (160, "", seen + 1)


def test_an_import_beside_a_save_keeps_what_was_saved(draft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, seen = make_staff("quality_officer"), stored(draft).version
    saved, commit = threading.Event(), threading.Event()
    written = proposals._written

    def slowly(*args: Any) -> Any:
        answer = written(*args)
        saved.set()
        assert commit.wait(PATIENCE)
        return answer

    monkeypatch.setattr(proposals, "_written", slowly)
    editing = beside(
        lambda: proposals.edit_version(actor=officer, version=stored(draft), seen=seen, need="Lo piden")
    )
    assert saved.wait(PATIENCE)
    importing = beside(lambda: imports(draft))
    assert waits(importing), "the import waits for the editor"
    commit.set()
    assert (editing.exception(PATIENCE), importing.exception(PATIENCE)) == (None, None)
    assert (stored(draft).hours, stored(draft).need, stored(draft).version) == (160, "Lo piden", seen + 2)
