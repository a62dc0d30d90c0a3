"""What may be configured from outside, typed and documented in one class.

Every variable can also be read from a file named by `<VARIABLE>_FILE` (Docker and systemd secrets).
`docs/reference/settings.md` is generated from this class.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parents[2]
PREFIX = "IQAS_"


class SecretFileSource(PydanticBaseSettingsSource):
    """Reads a setting from the file that `<VARIABLE>_FILE` names."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        for name in variable_names(field_name, field):
            path = os.environ.get(f"{name}_FILE")
            if path:
                return _file_of(name, path), field_name, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field_name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, field_name)
            if value is not None:
                values[key] = value
        return values


def _file_of(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ValueError(f"{name}_FILE names {path}, which cannot be read: {why}.") from error


def variable_names(field_name: str, field: Any) -> list[str]:
    """The names of the environment variables that a field is read from."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices if str(choice).isupper()]
    return [f"{PREFIX}{field_name.upper()}"]


def unprefixed(name: str) -> AliasChoices:
    return AliasChoices(name, name.lower())


class Environment(BaseSettings):
    """The environment of one installation."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    env: Literal["local", "production"] = Field(
        "local",
        validation_alias=AliasChoices("IQAS_ENV", "env"),
        description="`local` (SQLite, generated secret, plain-HTTP cookies) or `production`, which refuses a default "
        "secret, DEBUG and SQLite, sends Secure cookies and asks staff for a second factor.",
    )
    database_url: str = Field(
        "",
        validation_alias=unprefixed("DATABASE_URL"),
        description="`postgresql://user:password@host:port/name` or `sqlite:////absolute/path`. "
        "Default: SQLite in `var/`.",
    )
    broker_url: str = Field(
        "",
        validation_alias=unprefixed("BROKER_URL"),
        description="`redis://…` of the Celery broker. Empty: jobs are run by `manage.py run_jobs`.",
    )
    cache_url: str = Field(
        "",
        description="`redis://…` of the shared cache (login limits). Empty: the broker's Redis, else the database.",
    )
    media_root: Path = Field(
        BASE_DIR / "var" / "media",
        validation_alias=unprefixed("MEDIA_ROOT"),
        description="Folder of evidence files and finished documents.",
    )
    keys_dir: Path = Field(
        BASE_DIR / "var" / "keys",
        validation_alias=unprefixed("KEYS_DIR"),
        description="Folder of the survey keys: shared by web and workers, never in the database, backed up apart.",
    )
    debug: bool = Field(False, validation_alias=unprefixed("DEBUG"), description="Never in production.")
    secret_key: str = Field(
        "",
        validation_alias=unprefixed("SECRET_KEY"),
        description="At least 50 random characters. In `local` one is generated in `var/`.",
    )
    allowed_hosts: str = Field(
        "localhost,127.0.0.1,[::1]",
        validation_alias=unprefixed("ALLOWED_HOSTS"),
        description="Comma-separated host names that this installation answers to.",
    )
    base_url: str = Field(
        "http://localhost:8000",
        description="The public address: links in e-mails, survey links and dossiers begin with it.",
    )
    require_second_factor: bool | None = Field(
        None,
        description="Whether staff need a second factor. Default: only in production. `false` in production needs "
        "IQAS_OIDC_PROVIDER and spares those who signed in through it; a password still needs one.",
    )
    trusted_proxies: int = Field(
        0, ge=0, description="How many reverse proxies stand in front (their X-Forwarded-For is believed)."
    )
    email_url: str = Field(
        "",
        description="`smtp://user:password@host:587?tls=starttls`, `smtps://…`, or empty: "
        "messages are written to `var/mail/`.",
    )
    email_from: str = Field("IQAS <no-reply@localhost>", description="Sender of every message.")
    safeguarding_email: str = Field(
        "",
        description="Address that is told of urgent comments and complaints where nobody is named for them: somebody may be "
        "in danger. Empty: the university's contact for complaints.",
    )
    oidc_provider: str = Field(
        "",
        description="JSON object with `id`, `name`, `client_id`, `secret`, `server_url`: "
        "sign-in through the university's OpenID Connect provider.",
    )
    metrics_token: str = Field(
        "", description="Bearer token of `/metrics`. Empty: the address does not exist."
    )
    built_from: str = Field(
        "",
        description="The git commit that the image was built from: dossiers name it. Empty: that of the working copy, if any.",
    )
    storage_url: str = Field(
        "",
        description="`s3://key:secret@host/bucket?region=…`: evidence and finished documents stand in this bucket of an "
        "S3-compatible service (needs the extra `s3`; `&tls=off` and `&style=path` where the service asks for it). "
        "Empty: in MEDIA_ROOT.",
    )
    sentry_dsn: str = Field(
        "",
        description="Address of a Sentry-compatible service that errors of the program are reported to (needs the extra "
        "`errors`): where in the code, never about whom and never from survey pages. Empty: nothing leaves.",
    )
    log_level: str = Field("INFO", description="Level of the structured log on standard error.")
    job_lease_seconds: int = Field(
        90, ge=2, description="After how long without a sign of life a job is taken over."
    )
    job_reaper_seconds: int = Field(30, ge=1, description="How often abandoned jobs are looked for.")
    key_prefix: str = Field("iqas:", description="Prefix of every key in Redis.")
    upload_max_mb: int = Field(50, ge=1, description="Largest file that may be uploaded, in MiB.")
    import_request_rows: int = Field(
        300,
        ge=0,
        description="A list with more rows is imported by a job, so that nobody's page waits for it.",
    )
    import_request_kb: int = Field(
        1024, ge=0, description="A list with more KiB, unpacked where it is a workbook, is imported by a job."
    )

    @classmethod
    def settings_customise_sources(  # type: ignore[override]
        cls, settings_cls: type[BaseSettings], init_settings: Any, env_settings: Any, **_: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFileSource(settings_cls)

    @model_validator(mode="after")
    def complete(self) -> Environment:
        if self.production:
            self._refuse_unsafe_production()
        if not self.database_url:
            self.database_url = f"sqlite:///{BASE_DIR / 'var' / 'iqas.sqlite3'}"
        if not self.secret_key:
            self.secret_key = local_secret(BASE_DIR / "var" / "secret_key")
        if self.require_second_factor is None:
            self.require_second_factor = self.production
        return self

    @field_validator("oidc_provider")
    @classmethod
    def _complete_provider(cls, value: str) -> str:
        if value:
            oidc_apps(value)
        return value

    @field_validator("storage_url")
    @classmethod
    def _usable_storage(cls, value: str) -> str:
        storage_config(value)
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _usable_reports(cls, value: str) -> str:
        if value and find_spec("sentry_sdk") is None:
            raise ValueError(
                "IQAS_SENTRY_DSN is set, but its library is missing: pip install 'iqas[errors]'."
            )
        return value

    def _refuse_unsafe_production(self) -> None:
        problems = []
        if len(self.secret_key) < 50:
            problems.append("SECRET_KEY must be set and have at least 50 characters")
        if self.debug:
            problems.append("DEBUG must be off")
        if not self.database_url.startswith(("postgres://", "postgresql://")):
            problems.append("DATABASE_URL must name a PostgreSQL database")
        if any(host.strip().startswith((".", "*")) for host in self.allowed_hosts.split(",")):
            problems.append("ALLOWED_HOSTS must name each host, without wildcards")
        if self.require_second_factor is False and not self.oidc_provider:
            problems.append(
                "IQAS_REQUIRE_SECOND_FACTOR may be off only where IQAS_OIDC_PROVIDER asks for one"
            )
        if problems:
            raise ValueError("IQAS_ENV=production: " + "; ".join(problems) + ".")

    @property
    def production(self) -> bool:
        return self.env == "production"


def read_environment() -> Environment:
    """What this process was configured with. What is wrong with it is one sentence each, without any value."""
    try:
        return Environment()  # type: ignore[call-arg]
    except ValidationError as error:
        raise ImproperlyConfigured(" ".join(_sentences(error))) from None
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None


def _sentences(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False):
        sentence = problem["msg"].removeprefix("Value error, ")
        field = Environment.model_fields.get(str(problem["loc"][0])) if problem["loc"] else None
        names = variable_names(str(problem["loc"][0]), field) if field else list(map(str, problem["loc"]))
        yield sentence if any(name in sentence for name in names) or not names else f"{names[0]}: {sentence}."


def local_secret(path: Path) -> str:
    """The generated secret of a local installation, made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text(encoding="ascii")


POSTGRESQL = (
    "lock_timeout=5s",
    "idle_in_transaction_session_timeout=60s",
    # Django joins from the filtered table outwards; trying every order of eight joins took 6 ms, the query itself half a one.
    "join_collapse_limit=4",
)


def database_config(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a `sqlite:` or `postgresql:` address."""
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:] if parts.path.startswith("//") else unquote(parts.path)
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON",
            },
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL has an unknown scheme: {parts.scheme!r}. Use sqlite: or postgresql:.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    options.setdefault("options", " ".join(f"-c {setting}" for setting in POSTGRESQL))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def oidc_apps(provider: str) -> list[dict[str, Any]]:
    """allauth's apps for the JSON object of IQAS_OIDC_PROVIDER; none where it is empty.

    A person whom the provider vouches for is the one who was invited with that e-mail
    (`accounts.adapters.SocialAccountAdapter` says which addresses count).
    """
    if not provider:
        return []
    needed = ("id", "name", "client_id", "secret", "server_url")
    try:
        given = json.loads(provider)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(given.get(key), str) for key in needed):
        raise ValueError(f"IQAS_OIDC_PROVIDER must be one JSON object with the texts {', '.join(needed)}.")
    return [
        {
            "provider_id": given["id"],
            "name": given["name"],
            "client_id": given["client_id"],
            "secret": given["secret"],
            "settings": {"server_url": given["server_url"], "email_authentication": True},
        }
    ]


def storage_config(url: str) -> dict[str, Any]:
    """Django's default storage for an `s3:` address; the local folder where it is empty."""
    from urllib.parse import parse_qsl, unquote, urlsplit

    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not bucket or not (parts.username and parts.password and parts.hostname):
        raise ValueError("IQAS_STORAGE_URL must read s3://key:secret@host/bucket.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ValueError("IQAS_STORAGE_URL is set, but its library is missing: pip install 'iqas[s3]'.")
    host = parts.netloc.rpartition("@")[2]
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "endpoint_url": f"{'http' if query.get('tls') == 'off' else 'https'}://{host}",
            "region_name": query.get("region"),
            "addressing_style": query.get("style", "auto"),
            "default_acl": None,
            "file_overwrite": True,
        },
    }


def email_config(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for an `smtp:` or `smtps:` address."""
    from urllib.parse import parse_qsl, unquote, urlsplit

    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": BASE_DIR / "var" / "mail",
        }
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": query.get("tls") == "starttls",
        "EMAIL_TIMEOUT": 20,
    }
