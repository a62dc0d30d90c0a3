"""Gives a role from the terminal, where nobody is left who could give it on a page."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.accounts.models import Role, User, normal_email
from iqas.accounts.services import assign_role
from iqas.core import clock
from iqas.core.refusals import RuleViolation
from iqas.organisation.models import Scope


class Command(BaseCommand):
    help = "Give a role to somebody who has an account: the way back in when no administrator is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="whose role it is")
        parser.add_argument("role", choices=Role.values, help="which role")
        parser.add_argument("--scope", metavar="CODE", help="where it is held (default: the university)")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email=normal_email(options["email"])).first()
        if person is None:
            raise CommandError(f"Nobody has an account with {options['email']}.")
        scopes = Scope.objects.filter(
            **{"code": options["scope"]} if options["scope"] else {"kind": Scope.Kind.UNIVERSITY}
        )
        scope = scopes.first()
        if scope is None:
            raise CommandError(f"There is no scope {options['scope'] or 'of a university'}.")
        try:
            assign_role(
                actor=None, user=person, role=Role(options["role"]), scope=scope, valid_from=clock.today()
            )
        except RuleViolation as violation:
            raise CommandError(str(violation)) from violation
        self.stdout.write(f"{person.email} is {options['role']} of {scope.code} from today.")
