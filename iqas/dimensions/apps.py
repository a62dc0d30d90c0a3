from django.apps import AppConfig


class DimensionsConfig(AppConfig):
    name = "iqas.dimensions"
    label = "dimensions"
