#!/usr/bin/env python
"""Run an administrative command of IQAS."""

import os
import sys
from importlib import import_module


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iqas.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as problem:
        sys.exit(f"IQAS is not configured. {problem}")

    from django.db import DatabaseError

    from iqas.core.health import unprepared_database

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        sentence = unprepared_database()
        if not sentence or "--traceback" in sys.argv:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
