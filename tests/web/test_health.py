"""What load balancers ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

import iqas
from iqas.jobs.models import Job
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
class TestMetrics:
    """IQAS_METRICS_TOKEN was documented and read by nothing."""

    def test_without_a_token_in_the_settings_there_is_no_such_address(self, client) -> None:
        assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404

    @pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong", "Basic right", "Bearer ñ"])
    def test_only_the_token_opens_it(self, client, staff, client_for, settings, sent) -> None:
        settings.METRICS_TOKEN = "right"
        for anybody in (client, client_for(staff("administrator"))):
            refused = anybody.get("/metrics", headers={"authorization": sent} if sent else {})
            assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
            assert "iqas_" not in text_of(refused)

    def test_a_monitor_reads_how_the_work_stands(self, client, settings, at) -> None:
        settings.METRICS_TOKEN = "right"
        at("2026-03-01 10:00")
        for number, state in enumerate(["queued", "queued", "failed", "finished"]):
            Job.objects.create(kind="tests.kind", queue="mail", idem_key=str(number), state=state)
        at("2026-03-01 10:02")
        answer = client.get("/metrics", headers={"authorization": "bearer right"})
        assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        told = dict(line.rsplit(" ", 1) for line in text_of(answer).splitlines() if not line.startswith("#"))
        assert told['iqas_jobs_waiting{queue="mail"}'] == "2"
        assert told['iqas_jobs_waiting{queue="pdf"}'] == "0"
        assert told['iqas_jobs_oldest_waiting_seconds{queue="mail"}'] == "120"
        assert told["iqas_jobs_failed"] == "1"
        assert told["iqas_ready"] == "1"
        assert told[f'iqas_info{{version="{iqas.__version__}"}}'] == "1"
        assert "set-cookie" not in {name.lower() for name in answer.headers}

    def test_nothing_tells_when_an_answer_came(self, client, settings) -> None:
        """A count that moves with each answer would date it, whatever the inbox hides."""
        settings.METRICS_TOKEN = "right"
        told = text_of(client.get("/metrics", headers={"authorization": "Bearer right"}))
        assert set(re.findall(r"^(iqas_\w+)", told, re.MULTILINE)) <= {
            *("iqas_info", "iqas_ready", "iqas_jobs_waiting", "iqas_jobs_running"),
            *("iqas_jobs_oldest_waiting_seconds", "iqas_jobs_failed", "iqas_jobs_last_sweep_seconds"),
        }


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
