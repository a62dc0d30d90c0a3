from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.importers.bounces import returned_addresses
from feedback.services.returned import mark_returned
from iqas.core.refusals import RuleViolation


class Command(BaseCommand):
    help = "Mark the addresses that mail servers refused for good, from their notices (RFC 3464)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files",
            nargs="*",
            metavar="FILE",
            help="a message or a mailbox (mbox) each; none: standard input",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            contents = [Path(name).read_bytes() for name in options["files"]] or [sys.stdin.buffer.read()]
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        addresses = {address for content in contents for address in returned_addresses(content)}
        try:
            known = mark_returned(actor=None, addresses=addresses) if addresses else 0
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(addresses)} addresses refused for good, {known} of them invited to surveys.")
