from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.models import Questionnaire
from feedback.selectors.questionnaires import STATES, Listed
from iqas.ui import lists


class QuestionnaireTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    title = lists.Column(verbose_name=_("Title"), linkify=True, attrs=lists.WIDE)
    audience = lists.Column(verbose_name=_("Audience"))
    number = lists.NumberColumn(verbose_name=_("Newest version"))
    state = lists.StateColumn(verbose_name=_("State"))
    campaigns = lists.NumberColumn(verbose_name=_("Campaigns"))
    first_used = lists.DayColumn(verbose_name=_("In use since"))

    class Meta(lists.Table.Meta):
        order_by = ("code",)


class QuestionnaireSift(lists.SiftForm):
    q = lists.search_field()
    audience = forms.ChoiceField(
        label=_("Audience"), choices=[("", _("All")), *Questionnaire.Audience.choices], required=False
    )
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *STATES.items()], required=False)

    def kept(self, rows: Sequence[Listed]) -> list[Any]:
        audience, state = self.chosen("audience"), self.chosen("state")
        return [
            row
            for row in rows
            if audience in ("", row.questionnaire.audience)
            and state in ("", row.state)
            and self.matches(row.code, *row.titles)
        ]
