"""What may be configured from outside, and what production refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pydantic import ValidationError

from iqas.settings.environment import (
    BASE_DIR,
    Environment,
    database_config,
    email_config,
    local_secret,
    read_environment,
    storage_config,
)

LONG = "s" * 50
PRODUCTION = {
    "IQAS_ENV": "production",
    "SECRET_KEY": LONG,
    "DATABASE_URL": "postgresql://iqas:pass%40word@database:5432/iqas",
    "ALLOWED_HOSTS": "iqas.example.edu",
}


@pytest.fixture
def environment(monkeypatch):
    """Reads the settings from these variables and no others."""
    for name in list(os.environ):
        if name.startswith("IQAS_") or name in (
            "DATABASE_URL",
            "BROKER_URL",
            "MEDIA_ROOT",
            "KEYS_DIR",
            "DEBUG",
        ):
            monkeypatch.delenv(name)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)

    def read(**variables: str) -> Environment:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Environment()

    return read


def test_production_with_all_it_needs_asks_staff_for_a_second_factor(environment) -> None:
    given = environment(**PRODUCTION)
    assert given.production
    assert given.require_second_factor is True
    assert given.debug is False


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set"),
        ({"SECRET_KEY": "s" * 49}, "at least 50 characters"),
        ({"DEBUG": "true"}, "DEBUG must be off"),
        ({"DATABASE_URL": ""}, "PostgreSQL"),
        ({"ALLOWED_HOSTS": "*"}, "without wildcards"),
        ({"ALLOWED_HOSTS": "iqas.example.org, .example.org"}, "without wildcards"),
        ({"IQAS_REQUIRE_SECOND_FACTOR": "false"}, "SECOND_FACTOR"),
        ({"DATABASE_URL": "sqlite:////srv/iqas.sqlite3"}, "PostgreSQL"),
    ],
)
def test_production_refuses(environment, wrong, said) -> None:
    with pytest.raises(ValidationError, match=said):
        environment(**PRODUCTION | wrong)


@pytest.mark.parametrize(
    ("variable", "field"),
    [
        ("DATABASE_URL", "database_url"),
        ("BROKER_URL", "broker_url"),
        ("MEDIA_ROOT", "media_root"),
        ("KEYS_DIR", "keys_dir"),
        ("SECRET_KEY", "secret_key"),
        ("ALLOWED_HOSTS", "allowed_hosts"),
        ("IQAS_EMAIL_URL", "email_url"),
    ],
)
def test_each_can_be_read_from_a_file(environment, tmp_path: Path, variable, field) -> None:
    value = {"DATABASE_URL": "postgresql://u@h/n"}.get(variable, "/value/of/the/file")
    secret = tmp_path / "secret"
    secret.write_text(f"{value}\n", encoding="utf-8")
    assert str(getattr(environment(**{f"{variable}_FILE": str(secret)}), field)) == value


def test_debug_can_be_read_from_a_file(environment, tmp_path: Path) -> None:
    (tmp_path / "debug").write_text("true\n", encoding="utf-8")
    assert environment(DEBUG_FILE=str(tmp_path / "debug")).debug is True


def test_a_variable_wins_over_its_file(environment, tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("of.the.file", encoding="utf-8")
    assert (
        environment(ALLOWED_HOSTS="given", ALLOWED_HOSTS_FILE=str(tmp_path / "hosts")).allowed_hosts
        == "given"
    )


def test_a_local_installation_makes_its_secret_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    first = local_secret(path)
    assert len(first) >= 50
    assert local_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_address_of_postgresql_is_taken_apart() -> None:
    read = database_config("postgresql://us%40er:pa%2Fss@host:6432/na%2Dme?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"], read["NAME"]) == (
        "us@er",
        "pa/ss",
        "host",
        "6432",
        "na-me",
    )
    assert read["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout=5s" in read["OPTIONS"]["options"]


def test_sqlite_begins_its_transactions_as_writers_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    read = database_config(f"sqlite:///{tmp_path}/here.sqlite3")
    assert read["NAME"] == f"{tmp_path}/here.sqlite3"
    assert read["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "secure_delete=ON" in read["OPTIONS"]["init_command"]


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql"):
        database_config("mysql://localhost/iqas")


@pytest.mark.parametrize(
    ("url", "ssl", "starttls", "port"),
    [
        ("smtps://u:p%40@mail.example.edu", True, False, 465),
        ("smtp://u:p%40@mail.example.edu:587?tls=starttls", False, True, 587),
    ],
)
def test_the_mail_relay_is_spoken_to_in_secret(url, ssl, starttls, port) -> None:
    read = email_config(url)
    assert (read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"], read["EMAIL_PORT"]) == (ssl, starttls, port)
    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("u", "p@")


def test_without_a_relay_messages_stay_in_the_house() -> None:
    assert email_config("")["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


@pytest.mark.parametrize("wrong", ["not json", "[]", '{"id": "sso", "name": "Universidad"}'])
def test_a_provider_that_cannot_be_read_is_refused_in_a_sentence(environment, wrong) -> None:
    with pytest.raises(ValidationError, match="IQAS_OIDC_PROVIDER must be one JSON object"):
        environment(IQAS_OIDC_PROVIDER=wrong)


def test_a_missing_secret_file_ended_in_a_traceback(environment, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured) as problem:
        read_environment()
    assert str(problem.value) == (
        f"SECRET_KEY_FILE names {tmp_path / 'gone'}, which cannot be read: No such file or directory."
    )
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "iqas.settings"},
    )
    assert ended.returncode == 1
    assert ended.stderr == f"IQAS is not configured. {problem.value}\n"


def test_what_is_wrong_names_its_variable_and_shows_no_value(environment, monkeypatch) -> None:
    for name, value in (PRODUCTION | {"DEBUG": "true", "SECRET_KEY": "hunter2"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as unsafe:
        read_environment()
    assert "SECRET_KEY must be set" in str(unsafe.value)
    assert "hunter2" not in str(unsafe.value)
    monkeypatch.setenv("IQAS_TRUSTED_PROXIES", "many")
    with pytest.raises(ImproperlyConfigured, match="IQAS_TRUSTED_PROXIES: Input should be"):
        read_environment()


@pytest.fixture
def libraries(monkeypatch):
    """Makes the optional libraries seem present or absent."""

    def set_present(*present: str) -> None:
        monkeypatch.setattr("iqas.settings.environment.find_spec", lambda name: name in present or None)

    return set_present


def test_files_stand_in_the_bucket_that_was_configured(libraries) -> None:
    libraries("storages", "boto3")
    read = storage_config("s3://key:se%2Fcret@minio:9000/iqas?region=eu-south-2&tls=off&style=path")
    assert read["BACKEND"] == "storages.backends.s3.S3Storage"
    told = read["OPTIONS"]
    assert (told["access_key"], told["secret_key"], told["bucket_name"]) == ("key", "se/cret", "iqas")
    assert (told["endpoint_url"], told["addressing_style"]) == ("http://minio:9000", "path")
    assert storage_config("s3://k:s@s3.example.org/b")["OPTIONS"]["endpoint_url"] == "https://s3.example.org"
    assert storage_config("")["BACKEND"].endswith("FileSystemStorage")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("IQAS_STORAGE_URL", "https://bucket", "IQAS_STORAGE_URL must read s3://key:secret@host/bucket"),
        ("IQAS_STORAGE_URL", "s3://host/bucket", "IQAS_STORAGE_URL must read"),
        ("IQAS_STORAGE_URL", "s3://k:s@host/bucket", "pip install 'iqas\\[s3\\]'"),
        ("IQAS_SENTRY_DSN", "https://key@host/1", "pip install 'iqas\\[errors\\]'"),
    ],
)
def test_an_extra_that_cannot_work_is_refused_at_the_start(
    environment, libraries, variable, value, said
) -> None:
    """The extras s3 and errors could be installed, and nothing read them."""
    libraries()
    with pytest.raises(ValidationError, match=said):
        environment(**{variable: value})
