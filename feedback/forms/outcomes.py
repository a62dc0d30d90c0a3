from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Item, Outcome
from feedback.services.outcomes import DONE, LONGEST, PROMISE, TEXTS
from iqas.core.access import allowed
from iqas.improvement.models import Action


def text_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ActionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, action: Any) -> str:
        return f"{action.code} {action.title}"


class OutcomeForm(forms.Form):
    """What is answered to the results. What was published can no longer be changed, and is not asked for."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    item_code = forms.ChoiceField(label=_("Question"), required=False)
    you_said_es = text_field(
        _("You said (Spanish)"),
        required=True,
        help_text=_("In a sentence, without naming or quoting anybody. It will be public."),
    )
    you_said_en = text_field(_("You said (English)"))
    we_will_es = text_field(_("We will (Spanish)"))
    we_will_en = text_field(_("We will (English)"))
    actions = ActionsField(
        label=_("Improvement actions"),
        queryset=Action.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    we_did_es = text_field(_("We did (Spanish)"))
    we_did_en = text_field(_("We did (English)"))

    def __init__(
        self, *args: Any, user: Any, campaign: Campaign, outcome: Outcome | None = None, **kwargs: Any
    ) -> None:
        if outcome is not None:
            kwargs["initial"] = self.initial_of(outcome)
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        items = Item.objects.filter(version_id=campaign.questionnaire_version_id).order_by("order")
        fields["item_code"].choices = [
            ("", _("The survey as a whole")),
            *((item.code, f"{item.code} {item.text}") for item in items),
        ]
        near = allowed(user, "improvement.view").filter(scope__path__startswith=campaign.scope.path)
        fields["actions"].queryset = near.order_by("code")
        self.outcome = outcome
        gone: set[str] = set() if outcome else set(DONE)
        if outcome is not None and outcome.published_at:
            gone |= {*PROMISE, "item_code"}
        if outcome is not None and outcome.done_published_at:
            gone |= set(DONE)
        for name in gone:
            del fields[name]

    @staticmethod
    def initial_of(outcome: Outcome) -> dict[str, Any]:
        return {
            "seen_version": outcome.version,
            "item_code": outcome.item_code,
            "actions": [action.code for action in outcome.actions.all()],
            **{name: getattr(outcome, name) or "" for name in TEXTS},
        }

    def given(self) -> dict[str, Any]:
        """The keywords of the services."""
        stored = self.outcome.item_code if self.outcome else ""
        return {
            "texts": {name: self.cleaned_data[name] for name in TEXTS if name in self.cleaned_data},
            "item_code": self.cleaned_data.get("item_code", stored),
            "actions": list(self.cleaned_data["actions"].select_related("scope")),
        }
