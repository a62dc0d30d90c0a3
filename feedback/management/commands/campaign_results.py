"""`manage.py campaign_results CODE [--json] [--language es]`: what the API answers, on the terminal."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.models import Campaign
from feedback.presenters.results import answer_rows
from feedback.selectors.results import CampaignResults, campaign_results
from feedback.selectors.targets import with_target
from feedback.serialisation import results_json, results_sha256


class Command(BaseCommand):
    help = "Prints the results of a campaign, with small groups suppressed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the campaign's code")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--detail", action="store_true", help="with --json: all that the page tells")
        parser.add_argument(
            "--sha256", action="store_true", help="print only the hash that a dossier's manifest names"
        )
        parser.add_argument("--language", default="es", choices=[code for code, _ in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        campaigns = with_target(Campaign.objects.select_related("questionnaire_version__questionnaire"))
        campaign = campaigns.filter(code=options["code"]).first()
        if campaign is None:
            raise CommandError(f"There is no campaign {options['code']}.")
        results = campaign_results(campaign, options["language"])
        if options["sha256"]:
            self.stdout.write(results_sha256(results))
        elif options["as_json"]:
            told = results_json(results, detail=options["detail"])
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self._say(results)

    def _say(self, results: CampaignResults) -> None:
        self.stdout.write(f"{results.campaign} · {results.title}")
        of_invited = f" of {results.invited} invited" if results.invited is not None else ""
        self.stdout.write(f"{results.responses} answers{of_invited}; threshold {results.threshold}")
        if results.suppressed and not results.is_over:
            self.stdout.write("Answers are counted later: no figures yet.")
        elif results.suppressed:
            self.stdout.write("Fewer answers than the threshold: no figures are published.")
        for item in results.items:
            figures = item.figures
            if figures.suppressed:
                self.stdout.write(f"{item.code}: fewer than {results.threshold} answers")
                continue
            if answers := [f"{row.label} {_shown(row.share)}" for row in answer_rows(item, figures)]:
                self.stdout.write(f"{item.code}: n {figures.n}, {', '.join(answers)}  {item.text}")
                continue
            self.stdout.write(
                f"{item.code}: n {figures.n}, median {_shown(figures.median)}, "
                f"favourable {_shown(figures.favourable)}, mean {_shown(figures.mean)}  {item.text}"
            )


def _shown(value: Fraction | float | None) -> str:
    return "-" if value is None else f"{float(value):.3g}"
