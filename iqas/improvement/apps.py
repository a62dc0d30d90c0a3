from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "iqas.improvement"
    label = "improvement"
