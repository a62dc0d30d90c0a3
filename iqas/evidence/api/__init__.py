"""The evidence part of the API."""
