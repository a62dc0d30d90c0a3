"""Consultations, complaints and suggestions."""

from django.urls import URLPattern

STAFF: list[URLPattern] = []
PUBLIC: list[URLPattern] = []
API: list[URLPattern] = []
