from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from iqas.accounts.models import RoleAssignment
from iqas.accounts.roles import EDITORS, active_on
from iqas.core import clock
from iqas.core.access import allowed
from iqas.evidence.models import EvidenceVersion
from iqas.frameworks import selectors as frameworks
from iqas.frameworks.models import Criterion
from iqas.improvement.models import Action
from iqas.organisation.models import Scope
from iqas.ui.forms import day_field


class PlanForm(forms.Form):
    """The minimum content of an improvement action (BOE-A-2022-3710, Protocol, point 2)."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("What will be done, beginning with a verb.")
    )
    cause = forms.CharField(
        label=_("Cause"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What showed that it is needed."),
    )
    criterion: forms.ModelChoiceField[Criterion] = forms.ModelChoiceField(
        label=_("Criterion"), queryset=Criterion.objects.none(), required=False
    )
    responsible = forms.ModelChoiceField(label=_("Responsible"), queryset=get_user_model().objects.none())
    due = day_field(_("Due"))
    follow_up = forms.CharField(
        label=_("Follow-up measure"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("How progress and result are measured."),
    )

    def __init__(self, *args: Any, scopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].queryset = frameworks.assessable()  # type: ignore[attr-defined]
        self.fields["responsible"].queryset = people_of(scopes)  # type: ignore[attr-defined]

    def plan(self) -> dict[str, Any]:
        """The keywords of `services.add_action` and `change_action`."""
        return {
            name: self.cleaned_data[name]
            for name in ("title", "cause", "criterion", "responsible", "due", "follow_up")
        }


class AddForm(PlanForm):
    scope = forms.ModelChoiceField(label=_("Where it belongs"), queryset=Scope.objects.none())
    field_order = ("title", "scope", "cause", "criterion", "responsible", "due", "follow_up")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        scopes = allowed(user, "improvement.add").exclude(kind=Scope.Kind.DOSSIER).order_by("path")
        super().__init__(*args, scopes=scopes, **kwargs)
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]

    def clean_due(self) -> Any:
        if self.cleaned_data["due"] < clock.today():
            raise forms.ValidationError(_("The date lies in the past."))
        return self.cleaned_data["due"]


class EditForm(PlanForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(action: Action) -> dict[str, Any]:
        return {
            "title": action.title,
            "cause": action.cause,
            "criterion": action.criterion_id,
            "responsible": action.responsible_id,
            "due": action.due,
            "follow_up": action.follow_up,
            "seen_version": action.version,
        }


class FinishForm(forms.Form):
    proof = forms.ModelChoiceField(
        label=_("Proof"),
        queryset=EvidenceVersion.objects.none(),
        help_text=_("The evidence that shows that it was carried out. File it first if it is not listed."),
    )
    effect = forms.CharField(
        label=_("Effect"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changed, measured as foreseen. It may be added when the action is verified."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proof"].queryset = proofs_for(user)  # type: ignore[attr-defined]


class VerifyForm(forms.Form):
    effect = forms.CharField(
        label=_("Effect"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changed, measured as foreseen."),
    )


def people_of(scopes: Any) -> Any:
    """Active people whose role lets them work at one of these scopes, or above or below it."""
    paths = list(scopes.values_list("path", flat=True))
    holders = RoleAssignment.objects.filter(active_on(clock.today()), role__in=EDITORS).values_list(
        "user_id", "scope__path"
    )
    reached = {
        user
        for user, held in holders
        if any(path.startswith(held) or held.startswith(path) for path in paths)
    }
    return get_user_model().objects.filter(pk__in=reached, is_active=True).order_by("sort_name")


def proofs_for(user: Any) -> Any:
    """Versions of evidence that the person sees and that were not withdrawn, the newest first."""
    return (
        EvidenceVersion.objects.filter(evidence__in=allowed(user, "evidence.view"))
        .exclude(state=EvidenceVersion.State.WITHDRAWN)
        .select_related("evidence")
        .order_by("-uploaded_at")
    )
