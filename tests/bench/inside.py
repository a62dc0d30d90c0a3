"""The way into Django for the bench: `python -m tests.bench.inside build|count|pages --folder DIR`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["build", "count", "pages"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    logging.disable(logging.INFO)

    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()

    from microcredentials.models import Enrolment
    from tests.bench import university

    if options.what == "build":
        university.build(options.folder, small=options.small)
    elif options.what == "pages":
        university.pages()
    else:
        sys.stdout.write(str(Enrolment.objects.count()))


if __name__ == "__main__":
    main()
