"""IQAS: a university's internal quality assurance of its micro-credentials."""

__version__ = "0.1.0"

from iqas.celery import app as celery_app

__all__ = ["celery_app"]
