"""Fields of a proposal that Django's own do not read well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import CellError, to_decimal
from iqas.evidence.models import Evidence
from microcredentials import rules
from microcredentials.models import Partner


class DecimalField(forms.CharField):
    """A number with comma or point, whatever the language: Django's own reads "0,5" as 5 in English."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=20, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return to_decimal(super().to_python(value) or "")
        except CellError as illegal:
            raise forms.ValidationError(illegal.message, code=illegal.code) from illegal

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return f"{value.normalize():f}".replace(".", formats.get_format("DECIMAL_SEPARATOR"))

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The bounds are the law's, and the service's to check."""


class EvidenceField(forms.CharField):
    """The code of an evidence that the person may see; `user` is set by the form. Gives its key."""

    user: Any = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20,
            required=False,
            help_text=_("The code of the evidence, as E-0012."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        code = super().clean(value).upper()
        if not code:
            return None
        found = allowed(self.user, "evidence.view", Evidence.objects.all()).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no evidence with this code that you may see."), code="unknown"
            )
        return found.pk


class PartnerField(forms.CharField):
    """The code of a partner of the register. Gives its key; a merged code that of the partner that was kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20,
            required=False,
            help_text=_(
                "Its code in the register, as P-003. Empty: found by its name, if the register has it."
            ),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        code = super().clean(value).upper()
        if not code:
            return None
        found = Partner.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no partner with this code."), code="unknown")
        return found.merged_into_id or found.pk


class EscoField(forms.CharField):
    """The address of an ESCO skill."""

    def clean(self, value: Any) -> str:
        try:
            return rules.esco_address(super().clean(value))
        except RuleViolation as refusal:
            raise forms.ValidationError(str(refusal.message), code=refusal.code) from refusal


class LinesField(forms.CharField):
    """Text over several lines, which browsers send with other line ends than we keep."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")
