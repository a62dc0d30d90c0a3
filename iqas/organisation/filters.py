"""A list narrowed to a scope and what hangs below it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.organisation.models import Scope


class BelongsTo(django_filters.ModelChoiceFilter):
    """One of the scopes that `queryset` offers, by its code; keeps what hangs on it or below (`field_name` leads to the scope)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Belongs to"))
        super().__init__(empty_label=_("All"), to_field_name="code", **kwargs)

    def filter(self, qs: QuerySet[Any], value: Scope | None) -> QuerySet[Any]:
        return qs if value is None else qs.filter(**{f"{self.field_name}__path__startswith": value.path})
