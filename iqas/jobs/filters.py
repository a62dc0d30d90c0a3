from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.jobs.models import Job, JobState
from iqas.ui import lists

MINE = "mine"


class JobFilter(lists.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=JobState.choices, empty_label=_("any state")
    )
    whose = django_filters.ChoiceFilter(
        label=_("Requested by"), choices=[(MINE, _("me"))], method="of_person", empty_label=_("anybody")
    )

    class Meta:
        model = Job
        fields = ("state", "whose")

    def of_person(self, queryset: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        return queryset.filter(requested_by=self.request.user) if value == MINE else queryset
