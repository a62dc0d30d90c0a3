from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "iqas.demo"
    label = "demo"
