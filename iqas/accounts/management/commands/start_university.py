"""Begins a real installation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from iqas.accounts.models import Role
from iqas.accounts.services import assign_role, invite_person, password_link
from iqas.accounts.tokens import INVITATION_DAYS
from iqas.core.refusals import RuleViolation
from iqas.organisation.services import begin_university


class Command(BaseCommand):
    help = "Begin a real installation: university, first academic year, administrator with a one-time password link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="name of the university")
        parser.add_argument("--short-name", default="", help="acronym")
        parser.add_argument(
            "--admin", required=True, metavar="EMAIL", help="e-mail of the first administrator"
        )
        parser.add_argument("--admin-name", default="", help="name of the first administrator")
        parser.add_argument("--private", action="store_true", help="a private university (no Consejo Social)")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["admin"]
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"--admin: {email!r} is not an e-mail address.") from error
        if not options["name"].strip():
            raise CommandError("--name: the university needs a name.")
        call_command("load_packs")
        try:
            with transaction.atomic():
                university = begin_university(
                    actor=None,
                    name=options["name"].strip(),
                    short_name=options["short_name"],
                    is_public=not options["private"],
                )
                person = invite_person(
                    actor=None, email=email, name=options["admin_name"] or email.split("@")[0]
                )
                assign_role(actor=None, user=person, role=Role.ADMINISTRATOR, scope=university.scope)
        except RuleViolation as violation:
            raise CommandError(str(violation)) from violation
        self.stdout.write(
            f"{university.name} has begun. {person.email} sets the password here, once, within {INVITATION_DAYS} days:"
        )
        self.stdout.write(password_link(person))
