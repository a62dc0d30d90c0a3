"""The main menu: one table of what stands in it and who sees it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, get_script_prefix, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from iqas.accounts.roles import is_external
from iqas.core import access
from iqas.core.text import sort_key
from iqas.dimensions.catalogue import DIMENSIONS
from iqas.organisation.models import AcademicYear, Scope
from iqas.organisation.scope_switch import Choice

NO_CHOICE = Choice()
CENTRE, YEAR = "a centre", "a year"


@dataclass(frozen=True)
class Place:
    """A line of the menu. Who sees it is said by the page itself: the permission that its view declares."""

    label: Any
    url_name: str
    icon: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Entry:
    label: Any
    url: str
    icon: str
    mark: str
    current: bool
    exact: bool


@dataclass(frozen=True)
class Group:
    title: Any
    entries: tuple[Entry, ...]


MENU: tuple[tuple[Any, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place(_("My work"), "dashboard:home", "home"),
            Place(_("Micro-credentials"), "microcredentials:microcredential-list", "book"),
            Place(_("Annual programmes"), "microcredentials:programme-list", "calendar"),
            Place(_("Partners"), "microcredentials:partner-list", "globe"),
            Place(_("Pathways"), "microcredentials:pathway-list", "steps"),
            Place(_("Learner register"), "microcredentials:learner-list", "user"),
        ),
    ),
    (
        _("Listening"),
        (
            Place(_("Surveys"), "feedback:campaign-list", "people"),
            Place(_("Rounds of surveys"), "feedback:round-list", "calendar"),
            Place(_("Questionnaires"), "feedback:questionnaire-list", "file"),
            Place(_("Results"), "feedback:result-list", "chart"),
            Place(_("Review of comments"), "feedback:comment-queue", "edit"),
            Place(_("Complaints and suggestions"), "feedback:complaint-list", "bell"),
            Place(_("Meetings and interviews"), "feedback:consultation-list", "people"),
        ),
    ),
    (
        _("Four dimensions"),
        (
            Place(_("Overview"), "dimensions:matrix", "grid"),
            *(Place(one.title, f"dimensions:{one.slug}-detail", mark=one.code) for one in DIMENSIONS),
        ),
    ),
    (
        _("Quality"),
        (
            Place(_("Indicators"), "indicators:indicator-list", "chart"),
            Place(_("Evidence"), "evidence:evidence-list", "file"),
            Place(_("Improvement actions"), "improvement:action-list", "flag"),
            Place(_("Self-assessments"), "audits:assessment-list", "edit"),
            Place(_("Dossiers"), "audits:dossier-list", "shield"),
            Place(_("Frameworks"), "frameworks:framework-list", "info"),
        ),
    ),
    (_("Review"), (Place(_("Review room"), "review:dossier-list", "search"),)),
    (
        _("Administration"),
        (
            Place(_("University"), "organisation:university-show", "gear"),
            Place(_("People"), "accounts:people-list", "user"),
        ),
    ),
)


def menu_of(permissions: frozenset[str], current: str, *, is_exact: bool) -> tuple[Group, ...]:
    """The menu as people with these permissions see it, with the line marked at which or (not exactly) below which

    they are.
    """
    shown = places_of(permissions, get_script_prefix(), settings.ROOT_URLCONF)
    return tuple(
        Group(
            title,
            tuple(
                Entry(place.label, url, place.icon, place.mark, url == current, is_exact)
                for place, url in places
            ),
        )
        for title, places in shown
    )


def current_of(permissions: frozenset[str], path: str) -> str:
    """The address of the line below which `path` stands; of several the nearest, "" for none."""
    shown = places_of(permissions, get_script_prefix(), settings.ROOT_URLCONF)
    above = [
        url
        for _title, places in shown
        for _place, url in places
        if path == url or (url != "/" and path.startswith(url))
    ]
    return max(above, key=len, default="")


@cache
def places_of(
    permissions: frozenset[str], prefix: str, urlconf: str
) -> tuple[tuple[Any, tuple[tuple[Place, str], ...]], ...]:
    """The groups of the menu with the lines that people with these permissions see, and their addresses."""
    groups = []
    for title, places in MENU:
        found = [(place, *address_of(place.url_name, prefix, urlconf)) for place in places]
        seen = tuple(
            (place, url) for place, url, needed in found if url and (not needed or needed in permissions)
        )
        if seen:
            groups.append((title, seen))
    return tuple(groups)


@cache
def address_of(url_name: str, _prefix: str, _urlconf: str) -> tuple[str, str]:
    """A page's address ("" where there is none) and the permission that its view declares; as constant as the table of
    addresses itself.
    """
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return "", ""
    return url, str(resolve(url).func.access.permission or "")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Option:
    """A centre or an academic year that the scope switch offers."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Reach:
    """Where the person works, in words, and what the scope switch offers and is switched to."""

    label: Any = ""
    year: str = ""
    external: bool = False
    whole: Any = ""
    centres: tuple[Option, ...] = ()
    years: tuple[Option, ...] = ()


def reach_of(user: Any, choice: Choice = NO_CHOICE) -> Reach:
    """The widest scopes of the person's roles; the centres that they see and the years by one query."""
    if not getattr(user, "is_authenticated", False):
        return Reach()
    held = access.grants(user)
    widest = access.widest(grant.path for grant in held)
    whole = _whole({grant.path: (grant.kind, grant.label) for grant in held if grant.path in widest}.values())
    if not access.can(user, "organisation.view"):
        return Reach(label=whole, external=is_external(user), whole=whole)
    language = get_language() or settings.LANGUAGE_CODE
    name = Coalesce(f"centre__name_{language}", "centre__name_es", output_field=CharField())
    seen = access.allowed(user, "centre.view").order_by().values("scope")
    centres = Scope.objects.filter(pk__in=seen).order_by().values_list(Value(CENTRE), "code", name)
    years = AcademicYear.objects.order_by().values_list(Value(YEAR), "code", "code")
    rows = list(centres.union(years))
    options = _options(rows, CENTRE, choice.centre)
    switched = next((option.label for option in options if option.chosen), "")
    return Reach(
        label=switched or whole,
        year=next((code for kind, code, _label in rows if (kind, code) == (YEAR, choice.year)), ""),
        whole=whole,
        centres=options if len(options) > 1 else (),
        years=_options(rows, YEAR, choice.year)[::-1],
    )


def _whole(own: Collection[tuple[str, str]]) -> Any:
    if any(kind == Scope.Kind.UNIVERSITY for kind, _label in own):
        return _("Whole university")
    labels = sorted(label for _kind, label in own)
    return ", ".join(labels[:2]) + (" …" if len(labels) > 2 else "")


def _options(rows: list[Any], wanted: str, chosen: str) -> tuple[Option, ...]:
    found = [Option(code, label, code == chosen) for kind, code, label in rows if kind == wanted]
    return tuple(sorted(found, key=lambda option: sort_key(option.label)))
