"""The list of people."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.accounts.models import Role, User
from iqas.accounts.roles import active_on
from iqas.core import clock
from iqas.ui import lists, states


class AccountStateColumn(lists.StateColumn):
    """Whether the person can sign in."""

    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        if record.is_active:
            return states.describe(states.MET, _("active"))
        return states.describe(states.NONE, _("ended"))


class PeopleTable(lists.Table):
    name = lists.Column(verbose_name=_("Name"), order_by="sort_name", linkify=True)
    email = lists.Column(verbose_name=_("E-mail"))
    roles = lists.Column(verbose_name=_("Roles"), orderable=False, empty_values=())
    last_login = lists.DayColumn(verbose_name=_("Last access"))
    state = AccountStateColumn(verbose_name=_("State"), orderable=False, empty_values=())

    class Meta(lists.Table.Meta):
        model = User
        fields = ("name", "email", "roles", "last_login", "state")
        order_by = "name"

    def render_roles(self, record: Any) -> str:
        held = [f"{assignment.get_role_display()} ({assignment.scope.code})" for assignment in record.held]
        return "; ".join(held) or "–"


class PeopleFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_name", "email"))
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role.choices, method="with_role")

    class Meta:
        model = User
        fields = ()

    def with_role(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        people = active_on(clock.today())
        from iqas.accounts.models import RoleAssignment

        return queryset.filter(pk__in=RoleAssignment.objects.filter(people, role=value).values("user_id"))
