"""You said, we will, we did."""

from django.urls import URLPattern

STAFF: list[URLPattern] = []
PUBLIC: list[URLPattern] = []
API: list[URLPattern] = []
