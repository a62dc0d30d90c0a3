"""Lets a program use the API."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.accounts.machines import add_machine, remove_machine
from iqas.accounts.models import User, normal_email
from iqas.core.refusals import RuleViolation


class Command(BaseCommand):
    help = "Let a program use the API as an account; prints its id and secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="which program it is")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="the account whose roles it has")
        parser.add_argument("--read-only", action="store_true", help="it reads and writes nothing")
        parser.add_argument("--remove", metavar="ID", help="take the access of this client back")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["remove"]:
                remove_machine(actor=None, client_id=options["remove"])
                self.stdout.write("Removed.")
                return
            owner = User.objects.filter(email=normal_email(options["email"] or "")).first()
            if owner is None:
                raise CommandError("Say with --as which account it acts for.")
            client, secret = add_machine(
                actor=None, owner=owner, name=options["name"], may_write=not options["read_only"]
            )
        except RuleViolation as violation:
            raise CommandError(str(violation)) from violation
        self.stdout.write(json.dumps({"client_id": client.pk, "client_secret": secret}))
