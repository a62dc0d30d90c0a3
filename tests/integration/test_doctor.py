"""`manage.py doctor` names what is wrong, and says nothing else."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from iqas.core import audit_guard, doctor

pytestmark = pytest.mark.django_db


def examined(*only: str) -> tuple[int, dict[str, dict]]:
    out = StringIO()
    code = 0
    try:
        call_command("doctor", *only, "--json", stdout=out)
    except SystemExit as exit_:
        code = exit_.code
    return code, {finding["id"]: finding for finding in json.loads(out.getvalue())}


def test_a_healthy_installation_has_nothing_wrong_in_the_kernel() -> None:
    kernel = ("database", "django", "keys", "media", "redis", "migrations", "audit-guard")
    _code, findings = examined(*kernel)
    assert [problem for name in kernel for problem in findings[name]["problems"]] == []


def test_lost_triggers_are_named_with_their_remedy() -> None:
    audit_guard.remove(connection)
    code, findings = examined("audit-guard")
    assert code == 1
    assert findings["audit-guard"]["state"] == "wrong"
    assert "manage.py migrate" in findings["audit-guard"]["problems"][0]


def test_a_lost_trigger_of_the_details_alone_is_noticed() -> None:
    on_table = f" ON {audit_guard.DETAILS}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_detail_only_blanked{on_table}")
    assert examined("audit-guard")[1]["audit-guard"]["state"] == "wrong"


def test_a_key_that_others_can_read_is_named(settings, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    (settings.KEYS_DIR / "seal").mkdir(mode=0o700, parents=True)
    settings.KEYS_DIR.chmod(0o700)
    key = settings.KEYS_DIR / "seal" / "campaign.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o640)
    code, findings = examined("keys")
    assert code == 1
    assert str(key) in findings["keys"]["problems"][0]
    key.chmod(0o600)
    assert examined("keys")[1]["keys"]["state"] == "ok"


def test_a_folder_that_is_not_there_is_named(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "gone"
    _code, findings = examined("media")
    assert f"mkdir -p -m 700 {tmp_path}/gone" in findings["media"]["problems"][0]


def test_a_broker_that_does_not_answer_is_named(settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    _code, findings = examined("redis")
    assert findings["redis"]["state"] == "wrong"


@pytest.mark.redis
def test_a_broker_that_may_throw_messages_away_is_named(settings, own_redis) -> None:
    import redis

    settings.BROKER_URL = own_redis.url
    assert examined("redis")[1]["redis"]["state"] == "ok"
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    assert "allkeys-lru" in examined("redis")[1]["redis"]["problems"][0]


def test_a_check_that_breaks_is_a_finding_and_the_others_still_speak(monkeypatch) -> None:
    def breaks() -> doctor.Problems:
        raise ZeroDivisionError("so many per zero")

    monkeypatch.setattr(doctor, "_checks", dict(doctor._checks))
    doctor.check("breaks", "Nothing breaks.")(breaks)
    code, findings = examined("breaks", "migrations")
    assert code == 1
    assert findings["breaks"]["problems"] == [
        "This could not be found out: ZeroDivisionError: so many per zero"
    ]
    assert findings["migrations"]["state"] == "ok"


def test_without_a_database_nothing_is_asked_of_it(monkeypatch) -> None:
    monkeypatch.setattr("iqas.core.health.database_problem", lambda: "The database does not answer: gone")
    code, findings = examined("database", "migrations", "audit-guard")
    assert code == 1
    assert findings["database"]["problems"] == ["The database does not answer: gone"]
    assert {f["state"] for f in findings.values() if f["id"] in ("migrations", "audit-guard")} == {
        "not asked"
    }


def test_two_checks_cannot_share_an_id() -> None:
    with pytest.raises(ValueError, match="database"):
        doctor.check("database", "Another one.")(lambda: ())


def test_an_unknown_check_is_refused_by_name() -> None:
    with pytest.raises(CommandError, match="no check kyes"):
        call_command("doctor", "kyes")
