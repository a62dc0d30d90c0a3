from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.forms.campaigns import (
    MODES,
    USUAL_DAYS,
    QuestionnaireField,
    ScopeField,
    date_input,
    language_choices,
    reader_choices,
)
from feedback.models import (
    AudienceThreshold,
    Campaign,
    Moment,
    OpeningRule,
    Questionnaire,
    QuestionnaireVersion,
    Round,
)
from feedback.models.campaigns import MOST_REMINDERS, REMINDERS
from feedback.selectors.campaigns import usable_versions
from feedback.selectors.readers import USUAL
from feedback.selectors.register import LEARNERS, OF_EDITIONS
from feedback.services.opening_rules import RuleTerms
from feedback.services.rounds import RoundTerms
from iqas.core import clock
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.models import Enrolment


class OrderForm(forms.Form):
    """What rounds and rules have in common: whom they ask, and how."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("For the quality office alone."))
    scope = ScopeField(label=_("Of"), queryset=Scope.objects.none(), to_field_name="code", empty_label=None)
    moment = forms.ChoiceField(label=_("Moment"), choices=Moment.choices)
    mode = forms.ChoiceField(label=_("Mode"), choices=MODES[:2], widget=forms.RadioSelect)
    enrolment_states = forms.MultipleChoiceField(
        label=_("Learners who are"), choices=Enrolment.State.choices, widget=forms.CheckboxSelectMultiple
    )
    readers = forms.MultipleChoiceField(
        label=_("Who will read the comments"),
        choices=reader_choices(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Besides the quality office; told before people write. The teaching staff can be asked to reply only if they are named here. None: the usual ones of the questionnaire."
        ),
    )
    threshold = forms.IntegerField(
        label=_("Minimum group size"),
        min_value=3,
        max_value=100,
        required=False,
        help_text=_("Left empty: the least for these people."),
    )
    reminders_most = forms.IntegerField(label=_("Reminders at most"), min_value=0, max_value=MOST_REMINDERS)
    mail_language = forms.ChoiceField(label=_("Language of the messages"))

    def __init__(self, *args: Any, scopes: QuerySet[Scope], **kwargs: Any) -> None:
        kwargs["initial"] = {
            "moment": Moment.END,
            "mode": Campaign.Mode.ANONYMOUS,
            "readers": USUAL,
            "reminders_most": REMINDERS,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]
        self.fields["mail_language"].choices = language_choices()  # type: ignore[attr-defined]


class RoundForm(OrderForm):
    """A round; `seen_version` is the one that the form was opened with, 0 for a new one."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    year = forms.ModelChoiceField(
        label=_("Academic year"), queryset=AcademicYear.objects.none(), to_field_name="code", empty_label=None
    )
    ends_from = forms.DateField(label=_("Editions that end from"), widget=date_input(), required=False)
    ends_until = forms.DateField(
        label=_("Until"), widget=date_input(), required=False, help_text=_("Left empty: the whole year.")
    )
    questionnaire_version = QuestionnaireField(
        label=_("Questionnaire"), queryset=QuestionnaireVersion.objects.none(), empty_label=_("Choose…")
    )
    grouping = forms.ChoiceField(
        label=_("One campaign for"),
        choices=Round.Grouping.choices,
        widget=forms.RadioSelect,
        help_text=_("Small groups are asked together, with one key and one minimum group."),
    )
    opens = forms.DateField(label=_("First day"), widget=date_input())
    closes = forms.DateField(label=_("Last day"), widget=date_input())
    opens_campaigns = forms.BooleanField(
        label=_("Open the campaigns as they are made"),
        required=False,
        help_text=_("Otherwise they are prepared, and each is opened by hand."),
    )
    field_order = (
        "title", "scope", "year", "ends_from", "ends_until", "questionnaire_version", "moment", "grouping",
        "enrolment_states", "mode", "opens", "closes",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        year = AcademicYear.of(today)
        kwargs["initial"] = {
            "seen_version": 0,
            "opens": today,
            "closes": today + dt.timedelta(days=USUAL_DAYS),
            "year": year.code if year else "",
            "grouping": Round.Grouping.EDITION,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = AcademicYear.objects.order_by("-starts")  # type: ignore[attr-defined]
        fitting = usable_versions().filter(questionnaire__audience__in=OF_EDITIONS)
        self.fields["questionnaire_version"].queryset = fitting  # type: ignore[attr-defined]
        self.fields["enrolment_states"].required = False
        self.fields["enrolment_states"].help_text = _(
            "They are invited from the register. None: people are invited later, campaign by campaign, such as the teaching staff."
        )

    @staticmethod
    def initial_of(order: Round) -> dict[str, Any]:
        names = (
            "title", "ends_from", "ends_until", "grouping", "moment", "mode", "opens", "closes", "threshold",
            "reminders_most", "mail_language", "enrolment_states", "readers", "opens_campaigns",
        )  # fmt: skip
        return {
            "seen_version": order.version,
            "scope": order.scope.code,
            "year": order.year.code,
            "questionnaire_version": order.questionnaire_version_id,
            **{name: getattr(order, name) for name in names},
        }

    def terms(self) -> RoundTerms:
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}
        return RoundTerms(**given)


class ExcludeForm(forms.Form):
    """Why an edition is left out of a round."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class AnyVersionField(forms.ModelChoiceField):
    def label_from_instance(self, questionnaire: Any) -> str:
        return f"{questionnaire.code} · {questionnaire.get_audience_display()}"


class RuleForm(OrderForm):
    """A rule; `seen_version` is the one that the form was opened with, 0 for a new one."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    questionnaire = AnyVersionField(
        label=_("Questionnaire"),
        queryset=Questionnaire.objects.none(),
        to_field_name="code",
        empty_label=_("Choose…"),
        help_text=_(
            "Its newest version that is ready on the day. Of those for learners: a rule invites no others."
        ),
    )
    offset_days = forms.IntegerField(
        label=_("Days before or after"),
        min_value=-365,
        max_value=1100,
        help_text=_("−14 is fourteen days before, 180 half a year after."),
    )
    anchor = forms.ChoiceField(label=_("Counted from"), choices=OpeningRule.Anchor.choices)
    duration_days = forms.IntegerField(label=_("Days that it stays open"), min_value=1, max_value=180)
    since = forms.DateField(
        label=_("For campaigns that open from"),
        widget=date_input(),
        help_text=_("Editions whose day was earlier are not asked."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False)
    field_order = (
        "title", "scope", "questionnaire", "moment", "offset_days", "anchor", "duration_days", "since",
        "enrolment_states", "mode",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "seen_version": 0,
            "offset_days": -USUAL_DAYS,
            "anchor": OpeningRule.Anchor.ENDS,
            "duration_days": USUAL_DAYS,
            "since": clock.today(),
            "is_active": True,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        asked = usable_versions().filter(questionnaire__audience__in=LEARNERS).values("questionnaire")
        self.fields["questionnaire"].queryset = Questionnaire.objects.filter(pk__in=asked)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(rule: OpeningRule) -> dict[str, Any]:
        names = (
            "title", "moment", "mode", "anchor", "offset_days", "duration_days", "threshold", "reminders_most",
            "mail_language", "enrolment_states", "readers", "since", "is_active",
        )  # fmt: skip
        return {
            "seen_version": rule.version,
            "scope": rule.scope.code,
            "questionnaire": rule.questionnaire.code,
            **{name: getattr(rule, name) for name in names},
        }

    def terms(self) -> RuleTerms:
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}
        return RuleTerms(**given)


class ThresholdsForm(forms.Form):
    """The minimum group of each audience; empty is the usual one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for subject, label in AudienceThreshold.SUBJECTS:
            self.fields[f"least_{subject}"] = forms.IntegerField(
                label=str(label)[:1].upper() + str(label)[1:], min_value=3, max_value=100, required=False
            )

    def decided(self) -> dict[str, int | None]:
        return {
            subject: self.cleaned_data[f"least_{subject}"] for subject, _label in AudienceThreshold.SUBJECTS
        }
