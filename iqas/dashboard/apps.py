from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "iqas.dashboard"
    label = "dashboard"
