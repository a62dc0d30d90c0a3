from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed
from iqas.evidence.models import Evidence, EvidenceCriterion
from iqas.evidence.tables import STATUSES
from iqas.frameworks import selectors as frameworks
from iqas.frameworks.models import EvidenceKind
from iqas.organisation.filters import BelongsTo
from iqas.organisation.models import Scope
from iqas.ui import lists


def criterion_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Criteria by framework, named as they are quoted: `FOUR-DIMENSIONS/A.1`."""
    found: dict[str, list[tuple[str, str]]] = {}
    for criterion in frameworks.current_assessable():
        framework = criterion.framework
        found.setdefault(framework.name, []).append((f"{framework.code}/{criterion.code}", str(criterion)))
    return list(found.items())


def scope_choices(request: HttpRequest) -> QuerySet[Scope]:
    """Scopes that have evidence which the reader sees, and the scopes above them that the reader reaches."""
    visible = allowed(request.user, "evidence.view")
    return (
        Scope.objects.filter(Q(pk__in=visible.values("scope")) | Q(pk__in=visible.values("scope__parent")))
        .filter(pk__in=allowed(request.user, "organisation.view").values("pk"))
        .order_by("path")
    )


class EvidenceFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code"))
    status = django_filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("All"),
        choices=[(code, label) for code, (_tone, label) in STATUSES.items() if code != "future"],
    )
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind"),
        empty_label=_("All"),
        queryset=lambda _request: EvidenceKind.objects.order_by("order"),
        to_field_name="code",
    )
    criterion = django_filters.ChoiceFilter(
        label=_("Criterion"), empty_label=_("All"), choices=(), method="proving"
    )
    scope = BelongsTo(queryset=scope_choices)

    class Meta:
        model = Evidence
        fields = ("q", "status", "kind", "criterion", "scope")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["criterion"].field.choices = criterion_choices()  # read once, not at every look

    def proving(self, queryset: QuerySet[Evidence], _name: str, value: str) -> QuerySet[Evidence]:
        framework, _slash, code = value.partition("/")
        links = EvidenceCriterion.objects.filter(
            evidence=OuterRef("pk"), criterion__framework__code=framework, criterion__code=code
        )
        return queryset.filter(Exists(links))
