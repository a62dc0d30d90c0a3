from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "iqas.organisation"
    label = "organisation"
