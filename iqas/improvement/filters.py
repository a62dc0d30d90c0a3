from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from iqas.accounts.models import User
from iqas.core.access import allowed
from iqas.improvement.models import Action
from iqas.organisation.filters import BelongsTo
from iqas.organisation.models import Scope
from iqas.ui import lists


def responsible_people(request: HttpRequest) -> QuerySet[User]:
    visible = allowed(request.user, "improvement.view")
    return User.objects.filter(pk__in=visible.values("responsible")).order_by("sort_name")


def scope_choices(request: HttpRequest) -> QuerySet[Scope]:
    """The reader's scopes on which actions hang, directly or below."""
    visible = allowed(request.user, "improvement.view")
    return (
        allowed(request.user, "organisation.view")
        .filter(Q(pk__in=visible.values("scope")) | Q(pk__in=visible.values("scope__parent")))
        .order_by("path")
    )


class ActionFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code"))
    state = django_filters.ChoiceFilter(label=_("State"), empty_label=_("All"), choices=Action.State.choices)
    overdue = django_filters.BooleanFilter(label=pgettext_lazy("state", "Overdue"))
    responsible = django_filters.ModelChoiceFilter(
        label=_("Responsible"), empty_label=_("All"), queryset=responsible_people
    )
    scope = BelongsTo(queryset=scope_choices)

    class Meta:
        model = Action
        fields = ("q", "state", "overdue", "responsible", "scope")
