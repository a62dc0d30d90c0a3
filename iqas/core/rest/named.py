"""Objects that a program names by their code."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Named(serializers.CharField):
    """A text that names an object; gives the object that `find` knows by it.

    A NUL names nothing: PostgreSQL refuses to look for it, and the field's own check of it comes after the look-up.
    """

    default_error_messages = {"unknown": _("There is nothing with this code that you may see.")}

    @abstractmethod
    def find(self, name: str) -> Any:
        """The object of this name, or None."""

    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        found = None if "\x00" in name else self.find(name)
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.code)
