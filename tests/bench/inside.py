"""The way into Django for the bench: `python -m tests.bench.inside STEP --folder DIR`."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path

WITHIN_TESTS = ("build", "count", "pages", "results")  # on the settings of the tests
AS_PRODUCT = (
    "season",
    "surveys",
    "more-surveys",
    "grow",
    "count-rush",
    "dossier",
)  # on those of the environment


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=(*WITHIN_TESTS, *AS_PRODUCT))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--links", type=int)
    parser.add_argument("--voters", type=int)
    parser.add_argument("--crowd", type=int)
    parser.add_argument("--code")
    parser.add_argument("--answers", type=int)
    options = parser.parse_args()
    within_tests = options.step in WITHIN_TESTS
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings" if within_tests else "iqas.settings"
    logging.disable(logging.INFO)

    import django
    from django.template.base import Template
    from django.test.utils import setup_test_environment

    django.setup()
    render = Template._render
    setup_test_environment()
    Template._render = (
        render  # what tests learn of templates, copies of every context, costs a quarter of a page
    )
    (_within_tests if within_tests else _as_product)(options)


def _within_tests(options: argparse.Namespace) -> None:
    from microcredentials.models import Enrolment
    from tests.bench import answers, pages, university

    match options.step:
        case "build":
            university.build(options.folder, small=options.small)
        case "count":
            sys.stdout.write(str(Enrolment.objects.count()))
        case "pages":
            pages.measure(university.pages(), small=options.small)
        case "results":
            pages.measure(answers.pages(), small=options.small)


def _as_product(options: argparse.Namespace) -> None:
    from feedback.models import Campaign
    from tests.bench import dossier, season

    match options.step:
        case "season":
            season.build(small=options.small, links=options.links, voters=options.voters, crowd=options.crowd)
        case "surveys":
            print(json.dumps({"surveys": Campaign.objects.count()}))
        case "more-surveys":
            season.more_surveys(small=options.small)
        case "grow":
            season.grow(options.code, options.answers)
        case "count-rush":
            season.count_rush(options.code)
        case "dossier":
            dossier.print_it(options.code)


if __name__ == "__main__":
    main()
