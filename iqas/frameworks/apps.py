from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "iqas.frameworks"
    label = "frameworks"
