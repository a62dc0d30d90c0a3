from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "iqas.accounts"
    label = "accounts"

    def ready(self) -> None:
        from iqas.accounts import roles
        from iqas.core.access import provide_grants, provide_way

        provide_grants(roles.grants_of)
        provide_way(roles.way_to)
