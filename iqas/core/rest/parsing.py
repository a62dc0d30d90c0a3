"""Which bodies a view reads."""

from __future__ import annotations

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.settings import api_settings

IN_PARTS: Any = [*api_settings.DEFAULT_PARSER_CLASSES, MultiPartParser]  # JSON, or parts for who sends a file
FILE_ONLY: Any = [MultiPartParser]
