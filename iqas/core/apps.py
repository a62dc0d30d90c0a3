from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

DECLARATIONS = ("access", "panels", "handlers", "tasks", "work", "checks")


class CoreConfig(AppConfig):
    name = "iqas.core"
    label = "core"

    def ready(self) -> None:
        from iqas.core.audit_guard import install_after_migrate

        post_migrate.connect(install_after_migrate, sender=self)
        post_migrate.connect(make_cache_table, sender=self)
        autodiscover_modules(*DECLARATIONS)


def make_cache_table(**kwargs: Any) -> None:
    """The shared cache of an installation without Redis lives in the database."""
    from django.core.management import call_command

    call_command("createcachetable", database=kwargs["using"], verbosity=0)
