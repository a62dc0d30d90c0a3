from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "iqas.indicators"
    label = "indicators"
