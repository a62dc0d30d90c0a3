from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "iqas.organisation"
    label = "organisation"

    def ready(self) -> None:
        from iqas.organisation import scope_switch
        from iqas.ui import lists

        lists.begin_with(lambda request: scope_switch.chosen(request).filters)
