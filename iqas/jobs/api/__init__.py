"""The jobs part of the API."""
