from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import READER_ROLES, Campaign, Item, Moment, QuestionnaireVersion
from feedback.models.campaigns import MOST_REMINDERS, REMINDERS
from feedback.selectors.campaigns import usable_versions
from feedback.selectors.readers import CHOICES
from feedback.services.terms import Aim
from feedback.targets import TargetKind
from iqas.accounts.models import User
from iqas.core import clock
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.models import Edition, Partner

USUAL_DAYS = 14
READER_NAMES = dict(READER_ROLES)
MODES = (
    (Campaign.Mode.ANONYMOUS, _("Anonymous: sealed, opened only mixed with others. The usual one.")),
    (
        Campaign.Mode.CONFIDENTIAL,
        _("Confidential: kept with its link, read by the quality office alone. For very small groups."),
    ),
    (
        Campaign.Mode.ATTRIBUTED,
        _("Attributed: institutions answer in their own name, without minimum group. Only for partners."),
    ),
)


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class EditionField(forms.ModelChoiceField):
    def label_from_instance(self, edition: Any) -> str:
        return f"{edition.code} · {edition.version.title}"


class EditionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, edition: Any) -> str:
        return f"{edition.code} · {edition.version.title}"


class PartnersField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, partner: Any) -> str:
        return f"{partner.name} ({partner.get_kind_display()}, {partner.code})"


class QuestionnaireField(forms.ModelChoiceField):
    def label_from_instance(self, version: Any) -> str:
        return f"{version.title} ({version})"


class ScopeField(forms.ModelChoiceField):
    def label_from_instance(self, scope: Any) -> str:
        return f"{scope.label} ({scope.code})"


def language_choices() -> list[tuple[str, Any]]:
    names = dict(settings.LANGUAGES)
    return [(code, names[code]) for code in settings.INTERFACE_LANGUAGES]


def reader_choices() -> list[tuple[str, Any]]:
    return [(role, READER_NAMES[role]) for role in CHOICES]


class TermsForm(forms.Form):
    """When and how a campaign asks, and what it is called."""

    moment = forms.ChoiceField(
        label=_("Moment"),
        choices=Moment.choices,
        required=False,
        help_text=_("The same questions may be asked again at another moment of the course."),
    )
    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=MODES,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Told before the first question; it cannot be changed once the campaign is open."),
    )
    opens = forms.DateField(label=_("First day"), widget=date_input())
    closes = forms.DateField(
        label=_("Last day"), widget=date_input(), help_text=_("Answers are taken until midnight.")
    )
    threshold = forms.IntegerField(
        label=_("Minimum group size"),
        min_value=3,
        max_value=100,
        required=False,
        help_text=_(
            "Nothing is shown about fewer people. Left empty: the least for these people, 10 where persons are judged."
        ),
    )
    open_link = forms.BooleanField(
        label=_("With an open link"),
        required=False,
        help_text=_(
            "One link for a whole room. Anybody who has it can answer, more than once: no response rate is shown."
        ),
    )
    reminders_most = forms.IntegerField(
        label=_("Reminders at most"), min_value=0, max_value=MOST_REMINDERS, required=False
    )
    mail_language = forms.ChoiceField(label=_("Language of the messages"))
    title_es = forms.CharField(label=_("Title in Spanish"), max_length=300, required=False)
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=300,
        required=False,
        help_text=_("Left empty, titles are made of the questionnaire and of what it asks about."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        kwargs["initial"] = {
            "opens": today,
            "closes": today + dt.timedelta(days=USUAL_DAYS),
            "moment": Moment.END,
            "mode": Campaign.Mode.ANONYMOUS,
            "reminders_most": REMINDERS,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["mail_language"].choices = language_choices()  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """The keywords of the services that set them."""
        given = self.cleaned_data
        reminders = given["reminders_most"]
        return {
            "opens": given["opens"],
            "closes": given["closes"],
            "threshold": given["threshold"],
            "mail_language": given["mail_language"],
            "moment": given["moment"] or Moment.END,
            "mode": given["mode"] or Campaign.Mode.ANONYMOUS,
            "open_link": given["open_link"],
            "reminders_most": REMINDERS if reminders is None else reminders,
            "titles": {"es": given["title_es"], "en": given["title_en"]},
        }


class NewForm(TermsForm):
    """A new campaign: which questionnaire."""

    questionnaire_version = QuestionnaireField(
        label=_("Questionnaire"), queryset=QuestionnaireVersion.objects.none(), empty_label=_("Choose…")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questionnaire_version"].queryset = usable_versions()  # type: ignore[attr-defined]


class AddForm(NewForm):
    """On an edition."""

    edition = EditionField(
        label=_("Edition"), queryset=Edition.objects.none(), to_field_name="code", empty_label=_("Choose…")
    )
    field_order = ("edition", "questionnaire_version")

    def __init__(self, *args: Any, editions: QuerySet[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].queryset = editions  # type: ignore[attr-defined]
        self.fields["mode"].choices = MODES[:2]  # type: ignore[attr-defined]

    def aim(self) -> Aim:
        return Aim(editions=(self.cleaned_data["edition"],))


class PoolForm(NewForm):
    """On several editions together, with one threshold and one key."""

    editions = EditionsField(
        label=_("Editions"),
        queryset=Edition.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("editions", "questionnaire_version")

    def __init__(self, *args: Any, editions: QuerySet[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["editions"].queryset = editions  # type: ignore[attr-defined]
        self.fields["mode"].choices = MODES[:2]  # type: ignore[attr-defined]

    def aim(self) -> Aim:
        return Aim(editions=tuple(self.cleaned_data["editions"]))


class PartnersForm(NewForm):
    """To partners of the register, on behalf of a scope."""

    scope = ScopeField(
        label=_("On behalf of"),
        queryset=Scope.objects.none(),
        to_field_name="code",
        help_text=_("Whoever may see this sees the results."),
    )
    partners = PartnersField(
        label=_("Partners"),
        queryset=Partner.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("scope", "partners", "questionnaire_version")

    def __init__(
        self, *args: Any, scopes: QuerySet[Scope], partners: QuerySet[Partner], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]
        self.fields["partners"].queryset = partners  # type: ignore[attr-defined]

    def aim(self) -> Aim:
        given = self.cleaned_data
        return Aim(
            partners=tuple(given["partners"]),
            scope=given["scope"],
            year=AcademicYear.of(given["opens"]) if given.get("opens") else None,
        )


class PickForm(forms.Form):
    """Which editions to choose from: those of a year below a scope."""

    year = forms.ModelChoiceField(
        label=_("Academic year"), queryset=AcademicYear.objects.none(), to_field_name="code", empty_label=None
    )
    scope = ScopeField(label=_("Of"), queryset=Scope.objects.none(), to_field_name="code", empty_label=None)

    def __init__(self, *args: Any, scopes: QuerySet[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = AcademicYear.objects.order_by("-starts")  # type: ignore[attr-defined]
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]


class EditForm(TermsForm):
    """The terms of a campaign that is not open yet; `seen_version` is the one that the form was opened with.

    A pool and a list of partners can be changed too.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    editions = EditionsField(
        label=_("Editions"), queryset=Edition.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    partners = PartnersField(
        label=_("Partners"), queryset=Partner.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("editions", "partners")

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        editions: QuerySet[Edition],
        partners: QuerySet[Partner],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["editions"].queryset = editions  # type: ignore[attr-defined]
        self.fields["partners"].queryset = partners  # type: ignore[attr-defined]
        if campaign.target_kind != TargetKind.EDITIONS:
            del self.fields["editions"]
        if campaign.target_kind != TargetKind.PARTNERS:
            del self.fields["partners"]
            self.fields["mode"].choices = MODES[:2]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        names = (
            "moment", "mode", "opens", "closes", "threshold", "open_link", "reminders_most", "mail_language",
            "title_es", "title_en",
        )  # fmt: skip
        return {
            "seen_version": campaign.version,
            "editions": [edition.pk for edition in campaign.target.editions],
            "partners": [partner.pk for partner in campaign.target.partners],
            **{name: getattr(campaign, name) for name in names},
        }

    def aim(self) -> Aim | None:
        if "editions" in self.cleaned_data:
            return Aim(editions=tuple(self.cleaned_data["editions"]))
        if "partners" in self.cleaned_data:
            partners = tuple(self.cleaned_data["partners"])
            return Aim(partners=partners, scope=self.campaign.scope, year=self.campaign.year)
        return None


class ExtendForm(forms.Form):
    closes = forms.DateField(label=_("New last day"), widget=date_input())


class ResumeForm(forms.Form):
    """Nothing to fill in: a press of the button."""


class ReaderForm(forms.Form):
    """One more reader of comments: a role or a person, of all questions or of one."""

    role = forms.ChoiceField(label=_("Everybody with the role"), required=False)
    user = forms.ModelChoiceField(
        label=_("Or one person"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    item_code = forms.ChoiceField(label=_("Which comments"), required=False)

    def __init__(self, *args: Any, campaign: Campaign, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("No role")), *reader_choices()]  # type: ignore[attr-defined]
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        texts = Item.objects.filter(version_id=campaign.questionnaire_version_id, kind=Item.Kind.TEXT)
        self.fields["item_code"].choices = [  # type: ignore[attr-defined]
            ("", _("All comments")),
            *((item.code, f"{item.code} · {item.text}") for item in texts.order_by("order")),
        ]
