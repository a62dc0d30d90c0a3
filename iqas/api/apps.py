from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "iqas.api"
    label = "api"
