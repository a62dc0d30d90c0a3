from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class MicrocredentialsConfig(AppConfig):
    name = "microcredentials"
    label = "microcredentials"

    def ready(self) -> None:
        from microcredentials.frozen_guard import install_after_migrate, remove_before_migrate

        pre_migrate.connect(remove_before_migrate, sender=self)
        post_migrate.connect(install_after_migrate, sender=self)
