"""Loads the packs that ship with the product: frameworks, questionnaires, indicators."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from iqas.core.packs import loaders
from iqas.core.refusals import RuleViolation


class Command(BaseCommand):
    help = "Load the shipped packs. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            for label, load in loaders():
                try:
                    load()
                except RuleViolation as violation:
                    raise CommandError(f"{label}: {violation}") from violation
                if options["verbosity"] > 1:
                    self.stdout.write(f"{label}: packs loaded")
