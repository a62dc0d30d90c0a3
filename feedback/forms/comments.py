from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.services.comments import REASONS, STATES

URGENT, CALM = "urgent", "calm"


class DecisionForm(forms.Form):
    """What becomes of one comment. `seen` is what the reviewer had before their eyes; `quick` leads to the next one."""

    decision = forms.ChoiceField(choices=[(name, name) for name in (*STATES, URGENT, CALM)])
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

    def decided(self) -> dict[str, Any]:
        """The keywords of `services.comments.decide`."""
        return {name: self.cleaned_data[name] for name in ("decision", "seen", "text", "reason")}
