from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "iqas.jobs"
    label = "jobs"
