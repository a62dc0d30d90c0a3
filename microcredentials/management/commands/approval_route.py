"""manage.py approval_route FILE [--in-force] [--reason TEXT] [--dry-run]"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from iqas.core.refusals import RuleViolation
from microcredentials.packs.reading import MAX_BYTES, WrongPack, read_route
from microcredentials.packs.schema import RoutePack
from microcredentials.selectors.routes import differences, pack_of
from microcredentials.services import routes


class Command(BaseCommand):
    help = "Load the university's own way to approval from a YAML file, and say what it changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--in-force", action="store_true", help="what is submitted from now on goes this way"
        )
        parser.add_argument("--reason", default="", metavar="TEXT", help="why it comes into force")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        pack = read(options["file"])
        try:
            with transaction.atomic():
                self._load(pack, options)
                transaction.set_rollback(options["dry_run"])
        except RuleViolation as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if options["dry_run"]:
            self.stdout.write(_("Nothing was written."))

    def _load(self, pack: RoutePack, options: dict[str, Any]) -> None:
        before = routes.route_in_force()
        route = routes.add_route(actor=None, pack=pack)
        found = differences(pack_of(before), pack)
        self.stdout.write(
            _("%(route)s, compared with %(before)s:") % {"route": route, "before": before}
            if found
            else _("%(route)s has the steps and the rules of %(before)s.")
            % {"route": route, "before": before}
        )
        for one in found:
            self.stdout.write(f"    {one.what}: {one.before or '–'} → {one.after or '–'}")
        if options["in_force"] and not route.in_force:
            reason = options["reason"] or _("Put in force on the server.")
            routes.put_in_force(actor=None, route=route, reason=reason)
            self.stdout.write(_("%(route)s is in force.") % {"route": route})


def read(path: Path) -> RoutePack:
    """The route of a file; a mistake is told by file and line, as compilers do."""
    try:
        with path.open("rb") as file:
            return read_route(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except WrongPack as wrong:
        raise CommandError(
            "\n".join(
                f"{path}:{mistake.line}: " + (f"{mistake.place}: " if mistake.place else "") + mistake.message
                for mistake in wrong.mistakes
            )
        ) from wrong
