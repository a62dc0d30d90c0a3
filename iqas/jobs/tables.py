from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.jobs.models import Job
from iqas.ui import lists


class JobTable(lists.Table):
    kind = lists.Column(verbose_name=_("Work"), linkify=True)
    about = lists.Column(verbose_name=_("About"))
    state = lists.StateColumn(verbose_name=_("State"))
    requested_by = lists.Column(verbose_name=_("Requested by"), orderable=False)
    created_at = lists.Column(verbose_name=_("Requested"))

    class Meta(lists.Table.Meta):
        model = Job
        fields = ("kind", "about", "state", "requested_by", "created_at")
        order_by = ("-created_at",)

    def render_kind(self, record: Job) -> Any:
        return record.title
