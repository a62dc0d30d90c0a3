"""Addresses, one module a package: STAFF below /feedback/, PUBLIC below /s/, API below /api/v1/."""
