from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms.campaigns import ScopeField
from feedback.models import Campaign, Item, Theme
from feedback.services.comments import REASONS, STATES
from feedback.services.replies import LONGEST_REPLY
from iqas.organisation.models import Scope
from iqas.ui.forms import day_field

URGENT, CALM, THEMES = "urgent", "calm", "themes"


class DecisionForm(forms.Form):
    """What becomes of one comment. `seen` is what the reviewer had before their eyes; `quick` leads to the next one."""

    decision = forms.ChoiceField(choices=[(name, name) for name in (*STATES, URGENT, CALM, THEMES)])
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text with passages removed"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("No reason")), *REASONS.items()]
    )
    quick = forms.BooleanField(required=False)
    had = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"),
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, themes: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if themes is None:
            del self.fields["themes"]
        else:
            self.fields["themes"].queryset = themes  # type: ignore[attr-defined]

    def themed(self) -> dict[str, Any] | None:
        """The keywords of `services.themes.give_themes`; None where the page offered none."""
        if "themes" not in self.fields or not self.data.get("with_themes"):
            return None
        had = self.cleaned_data["had"]
        return {"had": had.split(",") if had else [], "themes": list(self.cleaned_data["themes"])}

    def decided(self) -> dict[str, Any]:
        """The keywords of `services.comments.decide`."""
        return {name: self.cleaned_data[name] for name in ("decision", "seen", "text", "reason")}


class PublishForm(forms.Form):
    """`seen` is what the reviewer confirms."""

    seen = forms.CharField(widget=forms.HiddenInput)


class ThemeForm(forms.Form):
    """A theme; `seen` is the name that the form was opened with."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)
    scope = ScopeField(label=_("Of"), queryset=Scope.objects.none(), to_field_name="code", empty_label=None)
    name = forms.CharField(label=_("Theme"), max_length=120)
    is_active = forms.BooleanField(label=_("Offered in the review"), required=False, initial=True)

    def __init__(self, *args: Any, scopes: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if scopes is None:
            del self.fields["scope"]
        else:
            self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]
            del self.fields["is_active"], self.fields["seen"]


class ReplyInviteForm(forms.Form):
    """A teacher who may answer before the comments are published."""

    name = forms.CharField(label=_("Name of the teacher"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    item_code = forms.ChoiceField(label=_("Comments"), required=False)
    closes = day_field(_("Last day for the reply"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = Item.objects.filter(version_id=campaign.questionnaire_version_id, kind=Item.Kind.TEXT)
        self.fields["item_code"].choices = [  # type: ignore[attr-defined]
            ("", _("All questions")),
            *((item.code, f"{item.code} {item.text}") for item in texts.order_by("order")),
        ]


class ReplyForm(forms.Form):
    """A teacher's reply to them all, and to each comment (`reply-<pk>`)."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    to_all = forms.CharField(
        label=_("To all of them"),
        required=False,
        max_length=LONGEST_REPLY,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [row.comment.pk for row in rows]
        for key in self.keys:
            self.fields[f"reply-{key}"] = forms.CharField(
                label=_("Reply to this comment"),
                required=False,
                max_length=LONGEST_REPLY,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def written(self) -> dict[str, Any]:
        """The keywords of `services.replies.answer`."""
        given = self.cleaned_data
        each = {key: given[f"reply-{key}"] for key in self.keys}
        return {"seen": given["seen"], "to_all": given["to_all"], "to_each": each}
