from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "iqas.evidence"
    label = "evidence"
