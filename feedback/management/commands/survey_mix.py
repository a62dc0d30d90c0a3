from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.anonymity.keys import KeyFolderError
from feedback.anonymity.mixer import Mixing, mix_and_settle
from feedback.models import Campaign
from feedback.services.campaigns import close_campaign
from feedback.services.upkeep import hourly
from iqas.core.refusals import RuleViolation


class Command(BaseCommand):
    help = "Mix the sealed answers that may be mixed now; without --campaign, all that the hourly job does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", metavar="CODE", help="this campaign only")
        parser.add_argument("--close", action="store_true", help="close it first, and mix all its answers")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["close"] and not options["campaign"]:
            raise CommandError("--close needs --campaign CODE.")
        try:
            mixings = self._one(options["campaign"], options["close"]) if options["campaign"] else hourly()
        except (RuleViolation, KeyFolderError) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({code: asdict(mixing) for code, mixing in mixings.items()}))
            return
        for code, mixing in mixings.items():
            self.stdout.write(
                f"{code}: {mixing.mixed} mixed, {mixing.waiting} waiting, {mixing.destroyed} destroyed unread"
            )

    def _one(self, code: str, close: bool) -> dict[str, Mixing]:
        campaign = Campaign.objects.filter(code=code).exclude(mode=Campaign.Mode.IMPORTED).first()
        if campaign is None:
            raise CommandError(f"There is no campaign {code} that people answer here.")
        if close and campaign.state in (Campaign.State.OPEN, Campaign.State.PAUSED):
            close_campaign(actor=None, campaign=campaign)
        return {code: mix_and_settle(campaign.pk)}
