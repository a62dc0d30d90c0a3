from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "iqas.ui"
    label = "ui"
