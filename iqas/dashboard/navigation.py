"""The main menu: one table of what stands in it and who sees it."""

from __future__ import annotations

from collections.abc import Iterator
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


def menu_of(user: Any, path: str) -> Iterator[Group]:
    """The menu as this person sees it, with the line of `path` marked."""
    if not getattr(user, "is_authenticated", False):
        return
    shown = [
        (title, [entry for place in places if (entry := entry_of(user, place, path))])
        for title, places in MENU
    ]
    longest = max((len(e.url) for _, entries in shown for e in entries if e.current), default=0)
    for title, entries in shown:
        if entries:
            marked = (
                Entry(e.label, e.url, e.icon, e.mark, e.current and len(e.url) == longest, e.exact)
                for e in entries
            )
            yield Group(title, tuple(marked))


def entry_of(user: Any, place: Place, path: str) -> Entry | None:
    url, permission = address_of(place.url_name, get_script_prefix(), settings.ROOT_URLCONF)
    if not url or (permission and not access.can(user, permission)):
        return None
    current = path == url or (url != "/" and path.startswith(url))
    return Entry(place.label, url, place.icon, place.mark, current, path == url)


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
    """One query: the widest scopes of the person's roles, the centres that they see, and the years."""
    if not getattr(user, "is_authenticated", False):
        return Reach()
    held = access.widest(grant.path for grant in access.grants(user))
    scopes = Scope.objects.filter(path__in=held).order_by()
    language = get_language() or settings.LANGUAGE_CODE
    name = Coalesce(f"centre__name_{language}", "centre__name_es", output_field=CharField())
    seen = access.allowed(user, "centre.view").order_by().values("scope")
    centres = Scope.objects.filter(pk__in=seen).order_by().values_list(Value(CENTRE), "code", name, Value(""))
    years = AcademicYear.objects.order_by().values_list(Value(YEAR), "code", "code", Value(""))
    rows = list(scopes.values_list("kind", "code", "label", "path").union(centres, years))
    own = [(kind, label) for kind, _code, label, path in rows if path]
    whole = _whole(own)
    if not access.can(user, "organisation.view"):
        return Reach(label=whole, external=is_external(user), whole=whole)
    options = _options(rows, CENTRE, choice.centre)
    switched = next((option.label for option in options if option.chosen), "")
    return Reach(
        label=switched or whole,
        year=next((code for kind, code, *_rest in rows if (kind, code) == (YEAR, choice.year)), ""),
        whole=whole,
        centres=options if len(options) > 1 else (),
        years=_options(rows, YEAR, choice.year)[::-1],
    )


def _whole(own: list[tuple[str, str]]) -> Any:
    if any(kind == Scope.Kind.UNIVERSITY for kind, _label in own):
        return _("Whole university")
    labels = sorted(label for _kind, label in own)
    return ", ".join(labels[:2]) + (" …" if len(labels) > 2 else "")


def _options(rows: list[Any], wanted: str, chosen: str) -> tuple[Option, ...]:
    found = [Option(code, label, code == chosen) for kind, code, label, _path in rows if kind == wanted]
    return tuple(sorted(found, key=lambda option: sort_key(option.label)))
