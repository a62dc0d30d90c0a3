"""What Django checks at every start, and what the kernel lets `doctor` ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.files.storage import default_storage
from django.db import connection

from iqas.core import audit_guard, health, native
from iqas.core.doctor import check


@register(Tags.urls)
def every_route_declares_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from iqas.core.routes import undeclared

    return [
        Error(
            f"{route} declares no permission.",
            hint="Put @page, @signed_in or @public of iqas.core.views on the view, or `access` on the API view.",
            id="iqas.E001",
        )
        for route in undeclared()
    ]


@check("database", "The database answers.", needs_database=False)
def database_answers() -> Iterator[str]:
    if problem := health.database_problem():
        yield problem


@check("django", "Django's own checks find nothing.", needs_database=False)
def django_checks() -> Iterator[str]:
    for found in run_checks(include_deployment_checks=settings.PRODUCTION):
        if found.is_serious() or settings.PRODUCTION:
            yield f"{found.msg} {found.hint or ''}".strip() + f" ({found.id})"


@check("pango", "Dossiers can be drawn: Pango is installed.", needs_database=False)
def pango_is_there() -> Iterator[str]:
    if absent := native.missing(["pango"]):
        yield native.advice(absent)


@check("keys", "The keys are there and nobody else on this machine can read them.", needs_database=False)
def keys_are_private() -> Iterator[str]:
    keys = Path(settings.KEYS_DIR)
    if problem := health.folder_problem(keys, "keys"):
        yield problem
        return
    for path in health.open_keys(keys):
        yield f"{path} can be read by other users of this machine. Run: chmod -R go-rwx {keys}"


@check("media", "Files can be stored.", needs_database=False)
def media_is_writable() -> Iterator[str]:
    if problem := health.folder_problem(Path(settings.MEDIA_ROOT), "evidence and documents"):
        yield problem
    default_storage.exists("files")  # where it is a service: it answers, or the check says why not


@check("redis", "The broker answers (or none is set, and jobs run without one).", needs_database=False)
def broker_answers() -> Iterator[str]:
    if not settings.BROKER_URL:
        return
    import redis

    client = redis.Redis.from_url(settings.BROKER_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
        append_only = client.config_get("appendonly").get("appendonly", "yes")
    except redis.RedisError as error:
        yield f"BROKER_URL is set, but Redis does not answer: {error}"
        return
    finally:
        client.close()
    if policy != "noeviction":
        yield f"Redis may throw messages away (maxmemory-policy {policy}). Set: maxmemory-policy noeviction"
    if append_only != "yes" and settings.PRODUCTION:
        yield "Redis forgets everything at a restart. Set: appendonly yes"


@check("mail", "Mail leaves the house.", needs_database=False, advice=not settings.PRODUCTION)
def mail_leaves() -> Iterator[str]:
    if settings.EMAIL_BACKEND.endswith(
        ("filebased.EmailBackend", "console.EmailBackend", "dummy.EmailBackend")
    ):
        yield "No mail relay is set: messages stay in var/mail. Set: IQAS_EMAIL_URL"
    if settings.PRODUCTION and "localhost" in settings.DEFAULT_FROM_EMAIL:
        yield "Messages are sent from localhost. Set: IQAS_EMAIL_FROM"


@check("address", "Links lead to the public address.", needs_database=False, advice=not settings.PRODUCTION)
def address_is_public() -> Iterator[str]:
    if settings.PRODUCTION and not settings.BASE_URL.startswith("https://"):
        yield f"Links in messages and dossiers begin with {settings.BASE_URL}. Set IQAS_BASE_URL to an https address."


@check("migrations", "The database has the shape that this version needs.")
def migrations_are_applied() -> Iterator[str]:
    if pending := health.pending_migrations():
        yield f"{len(pending)} migrations are not applied ({', '.join(pending[:5])}…). Run: manage.py migrate"


@check("audit-guard", "The database itself refuses to change the audit chain.")
def audit_chain_is_guarded() -> Iterator[str]:
    if not audit_guard.installed(connection):
        yield "The triggers of the audit chain are missing. Run: manage.py migrate (it makes them again)"
