"""Forms of people and roles: shape only; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.accounts.models import Role, User
from iqas.accounts.roles import ASSIGNABLE_ON
from iqas.core import clock
from iqas.organisation.models import Scope
from iqas.ui.forms import day_field


class RoleForm(forms.Form):
    """A role on a scope for a time."""

    role = forms.ChoiceField(label=_("Role"), choices=[])
    scope = forms.ModelChoiceField(label=_("Where"), queryset=Scope.objects.none())
    valid_from = day_field(_("From"))
    valid_until = day_field(
        _("Until"),
        required=False,
        help_text=_("The last day. Empty: until it is ended. External auditors need one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Choose…")), *Role.choices]  # type: ignore[attr-defined]
        self.fields["scope"].queryset = Scope.objects.order_by("path")  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        role, scope = data.get("role"), data.get("scope")
        if role and scope and scope.kind not in ASSIGNABLE_ON[role]:
            self.add_error("scope", _("This role cannot be held there."))
        starts, ends = data.get("valid_from"), data.get("valid_until")
        if starts and ends and ends < starts:
            self.add_error("valid_until", _("The role ends before it starts."))
        if role in (Role.AUDITOR, Role.STUDENT_AUDITOR) and not ends:
            self.add_error("valid_until", _("An external auditor's access needs a last day."))
        return data


class InviteForm(RoleForm):
    """A new person with a first role."""

    name = forms.CharField(label=_("Name and surname"), max_length=150)
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(
        label=_("Language of messages"), choices=[("es", _("Spanish")), ("en", _("English"))]
    )
    field_order = ("name", "email", "language", "role", "scope", "valid_from", "valid_until")


class ProfileForm(forms.ModelForm):
    """What a person decides alone."""

    class Meta:
        model = User
        fields = ("name", "language")
        labels = {"name": _("Name and surname")}
