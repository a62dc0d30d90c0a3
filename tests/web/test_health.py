"""What load balancers ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from tests.support.pages import text_of


def test_alive_needs_no_database(client: Client) -> None:
    """pytest-django refuses any query of a test that does not ask for the database."""
    response = client.get("/healthz")
    assert (response.status_code, text_of(response)) == (200, "ok\n")
    assert "set-cookie" not in {name.lower() for name in response.headers}


@pytest.mark.django_db
class TestReady:
    def test_a_complete_installation_is_ready(self, client: Client) -> None:
        response = client.get("/readyz")
        assert (response.status_code, text_of(response)) == (200, "ready\n")

    def test_a_missing_migration_turns_visitors_away_without_telling_them_why(
        self, client, monkeypatch
    ) -> None:
        monkeypatch.setattr("iqas.core.health.pending_migrations", lambda: ["audits.0002_more"])
        response = client.get("/readyz")
        assert (response.status_code, text_of(response)) == (503, "not ready\n")

    def test_keys_that_others_can_read_turn_visitors_away(self, client, settings, tmp_path: Path) -> None:
        settings.KEYS_DIR = tmp_path
        tmp_path.chmod(0o755)
        assert client.get("/readyz").status_code == 503
        tmp_path.chmod(0o700)
        assert client.get("/readyz").status_code == 200

    def test_it_answers_on_plain_http_behind_the_proxy(self, client, settings) -> None:
        settings.SECURE_SSL_REDIRECT = True
        assert client.get("/readyz").status_code == 200
        assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_pending_migrations_are_seen() -> None:
    from iqas.core import health

    assert health.pending_migrations() == []
    call_command("migrate", "sessions", "zero", "--fake", verbosity=0)
    assert health.pending_migrations() == ["sessions.0001_initial"]
    call_command("migrate", "sessions", "--fake", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_probe_of_the_container_tells_well_from_unwell(
    live_server, monkeypatch, settings, tmp_path
) -> None:
    from iqas.core import probe

    monkeypatch.setenv("PORT", live_server.url.rsplit(":", 1)[1])
    monkeypatch.setenv("ALLOWED_HOSTS", "localhost,example.org")
    assert probe.main("/readyz") == 0
    hosts = tmp_path / "hosts"
    hosts.write_text("localhost\n", encoding="utf-8")
    monkeypatch.delenv("ALLOWED_HOSTS")
    monkeypatch.setenv("ALLOWED_HOSTS_FILE", str(hosts))
    assert probe.main("/readyz") == 0, "the name in the file was not read"
    hosts.write_text("stranger.example.org", encoding="utf-8")
    assert probe.main("/readyz") == 1
    hosts.unlink()
    assert probe.main("/readyz") == 1
    monkeypatch.setenv("ALLOWED_HOSTS", "localhost")
    settings.KEYS_DIR = Path("/nowhere")
    assert probe.main("/readyz") == 1
    monkeypatch.setenv("PORT", "1")
    assert probe.main("/healthz") == 1
