"""Editions and their counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from iqas.ui.formats import short_day as day_words
from iqas.ui.forms import day_field
from microcredentials.models import Edition, EditionReport, EnrolmentCount, Incident, MicroCredentialVersion


class EditionForm(forms.Form):
    """Dates, places, venue, price, teachers. `seen_version` is the revision that the person had before them."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts = day_field(_("First day"))
    ends = day_field(_("Last day"))
    places = forms.IntegerField(label=_("Places"), required=False, min_value=1, max_value=100_000)
    venue = forms.CharField(label=_("Place"), required=False, max_length=200)
    price = forms.DecimalField(
        label=_("Price"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text=_(
            "In euros; 0 where it costs nothing. In a public university, the price that the Consejo Social approved."
        ),
    )
    teachers = forms.CharField(
        label=_("Teachers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One name a line."),
    )

    TERMS = ("starts", "ends", "places", "venue", "price", "teachers")

    @classmethod
    def initial_of(cls, edition: Edition) -> dict[str, Any]:
        return {"seen_version": edition.revision, **{name: getattr(edition, name) for name in cls.TERMS}}

    @classmethod
    def designed(cls, design: MicroCredentialVersion | None) -> dict[str, Any]:
        """The terms that the design says."""
        return {"places": design.places, "price": design.price} if design is not None else {}

    @classmethod
    def again(cls, last: Edition, *, design: MicroCredentialVersion | None) -> dict[str, Any]:
        """The terms of the last edition, a year later on the same day of the week, at the price of the design."""
        year = timedelta(weeks=52)
        shifted = {name: day + year for name in ("starts", "ends") if (day := getattr(last, name))}
        price = {} if design is None or design.price is None else {"price": design.price}
        return cls.initial_of(last) | shifted | price

    def terms(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.TERMS}
        values["teachers"] = "\n".join(
            line for text in values["teachers"].splitlines() if (line := " ".join(text.split()))
        )
        return values


class IncidentForm(forms.Form):
    happened_on = day_field(_("Day"))
    text = forms.CharField(
        label=_("What happened"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    response = forms.CharField(
        label=_("What was done"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class IncidentAnswerForm(forms.Form):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    response = forms.CharField(
        label=_("What was done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    @staticmethod
    def initial_of(incident: Incident) -> dict[str, Any]:
        return {"seen_version": incident.version, "response": incident.response}


class ReportForm(forms.Form):
    """The final report; the version seen is 0 where there was none."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in EditionReport.TEXTS:
            field = EditionReport._meta.get_field(name)
            self.fields[name] = forms.CharField(
                label=capfirst(field.verbose_name),
                required=False,
                max_length=10_000,
                widget=forms.Textarea(attrs={"rows": 6}),
            )

    @staticmethod
    def initial_of(report: EditionReport | None, edition: Edition) -> dict[str, Any]:
        """What is written; before that, the incidents that were noted."""
        if report is not None:
            return {
                "seen_version": report.version,
                **{name: getattr(report, name) for name in EditionReport.TEXTS},
            }
        noted = [
            f"{day_words(incident.happened_on)}: {incident.text}"
            + (f" → {incident.response}" if incident.response else "")
            for incident in edition.incidents.all()
        ]
        return {"seen_version": 0, "incidents": "\n".join(noted)}

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in EditionReport.TEXTS}


class CountsForm(forms.Form):
    """How many learners. An empty field is "no data yet", which is not 0."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("The system or record they come from.")
    )
    extracted_on = day_field(_("Taken on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in EnrolmentCount.NUMBERS:
            field = EnrolmentCount._meta.get_field(name)
            self.fields[name] = forms.IntegerField(
                label=str(field.verbose_name).capitalize(),  # type: ignore[union-attr]
                required=False,
                min_value=0,
                max_value=1_000_000,
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen_version",
            Fieldset(_("Enrolment"), "enrolled", "withdrawn_before_start", "withdrawn", "recognised"),
            Fieldset(_("Results"), "completed", "presented", "passed", "failed"),
            Fieldset(_("Where the numbers come from"), "source", "extracted_on"),
        )

    @staticmethod
    def initial_of(counts: EnrolmentCount | None) -> dict[str, Any]:
        if counts is None:
            return {"seen_version": 0}
        names = (*EnrolmentCount.NUMBERS, "source", "extracted_on")
        return {"seen_version": counts.version, **{name: getattr(counts, name) for name in names}}

    def numbers(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in EnrolmentCount.NUMBERS}
