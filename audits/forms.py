from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from audits.models import CriterionAssessment, SelfAssessment
from iqas.core import clock
from iqas.core.access import allowed
from iqas.core.files import check_size
from iqas.core.refusals import RuleViolation
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.selectors import citable
from iqas.frameworks.models import RatingScale
from iqas.frameworks.selectors import current
from iqas.organisation.models import AcademicYear, Scope


class TitledField(forms.ModelChoiceField):
    """Frameworks and scales by what they are called, with the version that tells two of them apart."""

    def label_from_instance(self, chosen: Any) -> str:
        return f"{chosen.title} ({chosen.version})"


class StartForm(forms.Form):
    """Opens a report: which centre, against what, about which year."""

    scope = forms.ModelChoiceField(Scope.objects.none(), label=_("Centre"))
    framework = TitledField(current(), label=_("Framework"))
    scale = TitledField(RatingScale.objects.none(), label=_("Rating scale"))
    year = forms.ModelChoiceField(AcademicYear.objects.all(), label=_("Academic year"))
    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language of the texts"), choices=SelfAssessment.Language)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = allowed(user, "assessment.start").filter(kind=Scope.Kind.CENTRE)
        self.fields["scope"].queryset = centres
        self.fields["scale"].queryset = RatingScale.objects.filter(levels__isnull=False).distinct()
        self.fields["framework"].queryset = current().order_by("code")
        self.fields["year"].initial = AcademicYear.of(clock.today())
        if centres.count() == 1:
            self.fields["scope"].initial = centres.first()


class IntroductionForm(forms.Form):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    introduction = forms.CharField(
        label=_("How this report was written"),
        help_text=_("Who took part, when, and what was consulted. Markdown: lists with -, bold with **."),
        widget=forms.Textarea(attrs={"rows": 14}),
        required=False,
    )

    @staticmethod
    def initial_of(assessment: SelfAssessment) -> dict[str, Any]:
        names = ("title", "introduction")
        return {"seen_version": assessment.version, **{name: getattr(assessment, name) for name in names}}


class CriterionForm(forms.Form):
    """What the report says about one criterion. `seen_version` is the version that the form was opened with."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    rating = forms.ChoiceField(label=_("Rating"), widget=forms.RadioSelect, required=False)
    narrative = forms.CharField(
        label=_("Assessment"),
        help_text=_(
            "What is done, what the figures show, and what follows from them. Markdown: lists with -, bold with **."
        ),
        widget=forms.Textarea(attrs={"rows": 14}),
        required=False,
    )
    strengths = forms.CharField(
        label=_("Strengths"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    weaknesses = forms.CharField(
        label=_("Weaknesses"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )

    def __init__(self, *args: Any, assessment: CriterionAssessment, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(assessment))
        super().__init__(*args, **kwargs)
        levels = assessment.self_assessment.scale.levels.order_by("order")
        self.fields["rating"].choices = [
            *(
                (level.code, f"{level.symbol} {level.code} · {level.label}: {level.descriptor}")
                for level in levels
            ),
            ("", _("Not rated yet")),
        ]

    @staticmethod
    def initial_of(assessment: CriterionAssessment) -> dict[str, Any]:
        return {
            "seen_version": assessment.version,
            "rating": assessment.rating.code if assessment.rating else "",
            "narrative": assessment.narrative,
            "strengths": assessment.strengths,
            "weaknesses": assessment.weaknesses,
        }


class VersionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: EvidenceVersion) -> str:
        return f"{obj.label} · {obj.evidence.title}"


class CiteForm(forms.Form):
    version = VersionChoice(EvidenceVersion.objects.none(), label=_("Evidence"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = citable(user)


class DossierForm(forms.Form):
    """The language to print in; those already printed (`taken`) are not offered again."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, taken: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [code for code in settings.INTERFACE_LANGUAGES if code not in set(taken)]
        self.fields["language"].choices = [
            (code, name) for code, name in settings.LANGUAGES if code in offered
        ]

    @property
    def offers_something(self) -> bool:
        return bool(self.fields["language"].choices)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What has to change"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5000
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("Sixteen letters and digits; it stands on every page of the dossier."),
        max_length=40,
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File to verify"),
        help_text=_("The file is compared here and not kept."),
        allow_empty_file=True,
    )

    def clean_file(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        try:
            check_size(upload)
        except RuleViolation as refusal:
            raise forms.ValidationError(str(refusal.message), code=refusal.code) from refusal
        return upload
