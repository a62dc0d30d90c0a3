"""Checks that the audit chain was not altered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.core.audit import Head, chain_head, verify


class Command(BaseCommand):
    help = "Verify the audit chain; with --anchor also that its end was not cut off nor everything rewritten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", type=Path, help='a file {"seq": 12, "hash": "…"} kept in another place'
        )
        parser.add_argument(
            "--write-anchor", type=Path, help="write the present head of the chain to this file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = list(verify(read_anchor(options["anchor"])))
        for found in breaks:
            self.stderr.write(f"event {found.seq} {found.problem}")
        if breaks:
            raise CommandError(f"The audit chain is broken in {len(breaks)} place(s).")
        head = chain_head()
        if options["write_anchor"]:
            options["write_anchor"].write_text(json.dumps({"seq": head.seq, "hash": head.hash}) + "\n")
        self.stdout.write(f"The audit chain holds: {head.seq} events, head {head.hash}.")


def read_anchor(path: Path | None) -> Head | None:
    if path is None:
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(data["seq"]), str(data["hash"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f'{path} is no anchor: it must hold {{"seq": …, "hash": "…"}}.') from error
