"""The ten sections of a proposal: what a page asks, and what a gap, a warning, a comment or a return reason names."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """`fields` are those of the version, translated ones without their language; `rows` are its related rows."""

    code: str
    title: str | Promise
    intro: str | Promise
    fields: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.title)


SECTIONS = (
    Section(
        "identity",
        _("What it is"),
        _("Its name, who awards it, how much work it is and at which level."),
        (
            "title",
            "summary",
            "field_of_study",
            "country",
            "region",
            "ects",
            "hours_per_ects",
            "hours",
            "eqf_level",
        ),
        ("awarding_bodies",),
    ),
    Section(
        "need",
        _("Need and relevance"),
        _("Who needs it, how that is known, and who supports it."),
        ("need", "target_groups"),
        ("supporters",),
    ),
    Section(
        "outcomes",
        _("Learning outcomes"),
        _("What a learner knows, can do and answers for at the end."),
        (),
        ("outcomes",),
    ),
    Section(
        "assessment",
        _("Assessment of learning"),
        _("How each outcome is shown, with its criteria."),
        ("supervision",),
        ("assessments",),
    ),
    Section(
        "teaching",
        _("Contents and teaching"),
        _("What is taught, how, in which languages and when."),
        ("mode", "contents", "methods", "languages", "calendar"),
    ),
    Section(
        "staff",
        _("Teachers and resources"),
        _("Who answers for it, who teaches, and with what means."),
        ("responsible_teacher", "responsible_name", "responsible_email", "resources"),
        ("teachers",),
    ),
    Section(
        "access",
        _("Entry and selection"),
        _("Who may enter, how learners are selected, and for how many there is room."),
        ("requires_degree", "prerequisites", "selection", "places_min", "places"),
    ),
    Section(
        "economy",
        _("Price and budget"),
        _("What it costs the learner and the university, and who pays."),
        ("price", "cost", "budget"),
    ),
    Section(
        "integration",
        _("Stackability"),
        _("What it builds towards, and anything else a reader should know."),
        ("stackability", "stacks_into", "further_information"),
    ),
    Section(
        "quality",
        _("Quality and sustainability"),
        _("Which quality assurance underpins it, and what it contributes to."),
        ("quality_assurance", "sustainability", "sdgs"),
    ),
)
BY_CODE = {section.code: section for section in SECTIONS}
CHOICES = [(section.code, section.title) for section in SECTIONS]
_SECTION_OF = {name: section for section in SECTIONS for name in (*section.fields, *section.rows)}


def section_of(name: str) -> Section:
    """The section of a field (`title_es` too) or of rows. Refuses an unknown name with KeyError."""
    return _SECTION_OF.get(name) or _SECTION_OF[name.rpartition("_")[0]]
