"""`make run`: everything from an empty folder to the product in a browser."""

from __future__ import annotations

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas import __version__
from iqas.core.health import pending_migrations
from iqas.demo.summary import summary

HOUSE = Path(settings.BASE_DIR)
PACKAGES = ("iqas", "microcredentials", "feedback", "audits")


def file_of(dossier: str) -> Path:
    return HOUSE / "var" / f"{dossier}.pdf"


class Command(BaseCommand):
    help = (
        "Prepare the demo university in a local installation, print where to look, and serve it until Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--prepare-only", action="store_true", help="prepare and print, but do not serve")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The demo university has public passwords: it is refused where IQAS_ENV=production."
            )
        self._make_folders()
        marker = Path(settings.MEDIA_ROOT) / ".shown.json"
        self._prepare(marker)
        self._tell(summary())
        if not options["prepare_only"]:
            call_command("serve", port=options["port"])

    def _make_folders(self) -> None:
        for folder in (settings.KEYS_DIR, settings.MEDIA_ROOT, settings.STATIC_ROOT):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _prepare(self, marker: Path) -> None:
        """What was prepared for these very packs and this very database is not prepared again."""
        pending = pending_migrations()
        fingerprint = self._fingerprint()
        if not pending and marker.exists() and marker.read_text(encoding="ascii") == fingerprint:
            return
        if pending:
            self._step(f"Preparing the database ({len(pending)} migrations)")
            call_command("migrate", verbosity=0)
        self._step("Loading frameworks, questionnaires and indicators")
        call_command("load_packs", verbosity=0)
        self._step("Building the demo university (about a minute, once)")
        call_command("demo", stdout=StringIO())
        dossier = summary()["dossier"]
        self._step(f"Rendering the dossier {dossier}")
        call_command("build_dossier", dossier, "--out", str(file_of(dossier)), stdout=StringIO())
        marker.write_text(fingerprint, encoding="ascii")

    def _fingerprint(self) -> str:
        """Of everything that the prepared data was made from: version, packs, demo, and which database."""
        digest = hashlib.sha256(f"{__version__} {settings.DATABASES['default']['NAME']}".encode())
        sources = [path for package in PACKAGES for path in (HOUSE / package).rglob("*.yaml")]
        sources += (HOUSE / "iqas" / "demo").rglob("*.py")
        for path in sorted(sources):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _step(self, what: str) -> None:
        self.stdout.write(f"{what}…")
        self.stdout.flush()

    def _tell(self, demo: dict[str, Any]) -> None:
        base = settings.BASE_URL
        addresses = [
            ("The product", f"{base}/"),
            ("A survey on a phone", demo["survey_links"][0] if demo["survey_links"] else "—"),
            ("The dossier", f"{file_of(demo['dossier']).relative_to(HOUSE)} ({demo['dossier']})"),
            ("Is it genuine?", f"{base}/verify/"),
        ]
        width = max(len(account["email"]) for account in demo["accounts"])
        lines = ["", "IQAS · demo university", ""]
        lines += [f"  {label:<22}{address}" for label, address in addresses]
        lines += ["", f"  {'Sign in as':<22}{'e-mail':<{width + 2}}password"]
        lines += [
            f"  {account['role']:<22}{account['email']:<{width + 2}}{account['password']}"
            for account in demo["accounts"]
        ]
        lines += ["", "Ctrl-C stops it; the data stays in var/. A new beginning: rm -r var", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
