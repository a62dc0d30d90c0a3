"""The auditor's room: one frozen dossier and its evidence, read-only, everything from the snapshot.

A foreign dossier is 404. Who comes after the end of the assignment is told so. What is opened is written down, and
shown to the person who opened it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.dossier.content import Chapter, Content, Exhibit, Indicator
from audits.models import Dossier
from audits.readings import OpenedPage
from audits.services import dossiers, reading
from audits.tables import DossierFilter, ExhibitFilter, ExhibitTable, RoomTable
from audits.views.dossiers import dossier_file
from iqas.accounts.roles import is_external
from iqas.core import access
from iqas.core.files import StoredFile, download_response
from iqas.core.views import signed_in
from iqas.ui import lists
from iqas.ui.components import Link

View = Callable[..., HttpResponseBase]


def room(view: View) -> View:
    """A page of the room: `view(request, dossier, …)` gets a dossier that the person may open today."""

    @signed_in()
    @wraps(view)
    def opened(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponseBase:
        reading.require_assignment(request.user)
        dossier = (
            access.allowed(request.user, "review.open")
            .exclude(state=Dossier.State.PENDING)
            .select_related("scope__parent", "snapshot__self_assessment__framework", "artefact")
            .filter(code=code)
            .first()
        )
        if dossier is None:
            raise Http404
        return view(request, dossier, **kwargs)

    return opened


@signed_in()
def dossier_list(request: HttpRequest) -> HttpResponse:
    reading.require_assignment(request.user)
    held = (
        access.allowed(request.user, "review.open")
        .exclude(state=Dossier.State.PENDING)
        .select_related("scope__parent", "snapshot__self_assessment__framework")
        .order_by("-code")
    )
    if is_external(request.user) and len(held) == 1:
        return redirect("review:dossier-detail", held[0].code)
    return lists.list_page(
        request,
        queryset=held,
        table=RoomTable,
        filters=DossierFilter,
        title=_("Review room"),
        caption=_("Dossiers that you may open"),
        empty=lists.Empty(
            _("No dossier to review yet"),
            _("When the university has printed the dossier that you are to review, it stands here."),
        ),
    )


@room
def dossier_detail(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    reading.note(request.user, dossier, dossier.code)
    return _page(request, "audits/review_detail.html", dossier)


@room
def dossier_download(request: HttpRequest, dossier: Dossier) -> FileResponse:
    reading.note(request.user, dossier, dossier.file_name)
    return dossier_file(dossier)


@room
def chapter_detail(request: HttpRequest, dossier: Dossier, criterion: str) -> HttpResponse:
    content = _content(dossier)
    codes = [chapter.code for chapter in content.chapters]
    chapter: Chapter = _pick(content.chapters, code=criterion)
    place = codes.index(chapter.code)
    reading.note(request.user, dossier, chapter.code)
    return _page(
        request,
        "audits/review_chapter.html",
        dossier,
        content=content,
        chapter=chapter,
        previous=content.chapters[place - 1] if place else None,
        following=content.chapters[place + 1] if place + 1 < len(codes) else None,
        exhibits=ExhibitTable(list(chapter.exhibits), dossier=dossier, orderable=False),
    )


@room
def indicator_detail(request: HttpRequest, dossier: Dossier, indicator: str) -> HttpResponse:
    content = _content(dossier)
    found: Indicator = _pick(content.indicators, code=indicator)
    reading.note(request.user, dossier, found.code)
    using = [chapter for chapter in content.chapters if found in chapter.indicators]
    return _page(
        request, "audits/review_indicator.html", dossier, content=content, indicator=found, chapters=using
    )


@room
def evidence_list(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    content = _content(dossier)
    form = ExhibitFilter(request.GET, content=content)
    return lists.list_page(
        request,
        queryset=content.exhibits,
        table=ExhibitTable,
        table_kwargs={"dossier": dossier},
        filters=lists.Sifted(form, [exhibit for exhibit in content.exhibits if form.keep(exhibit)]),
        title=_("Evidence"),
        empty=lists.Empty(_("No evidence is cited.")),
        template="audits/review_evidence_list.html",
        context={"dossier": dossier, "content": content, "sections": _sections(dossier)},
    )


@room
def evidence_detail(request: HttpRequest, dossier: Dossier, evidence: str, number: int) -> HttpResponse:
    content = _content(dossier)
    exhibit: Exhibit = _pick(content.exhibits, code=evidence, number=number)
    reading.note(request.user, dossier, exhibit.label)
    chapters = [chapter for chapter in content.chapters if exhibit in chapter.exhibits]
    return _page(
        request,
        "audits/review_evidence_detail.html",
        dossier,
        content=content,
        exhibit=exhibit,
        chapters=chapters,
    )


@room
def evidence_download(request: HttpRequest, dossier: Dossier, evidence: str, number: int) -> FileResponse:
    exhibit: Exhibit = _pick(_content(dossier).exhibits, code=evidence, number=number)
    if not exhibit.sha256:
        raise Http404
    reading.note(request.user, dossier, f"{exhibit.label} · {exhibit.name}"[:120])
    return download_response(StoredFile(exhibit.sha256, exhibit.size, exhibit.media_type, exhibit.name))


@room
def action_list(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    return _page(request, "audits/review_actions.html", dossier)


@room
def reading_list(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    content = _content(dossier)
    own = dossier.readings.filter(reader=request.user)
    readings = OpenedPage(own, request.GET.get("page"), dossier, content)
    return _page(request, "audits/review_log.html", dossier, content=content, readings=readings)


def _content(dossier: Dossier) -> Content:
    return dossiers.content_of(dossier, get_language() or dossier.language)


def _page(request: HttpRequest, template: str, dossier: Dossier, **context: Any) -> HttpResponse:
    content = context.pop("content", None) or _content(dossier)
    return render(
        request, template, {"dossier": dossier, "content": content, "sections": _sections(dossier)} | context
    )


def _sections(dossier: Dossier) -> tuple[Link, ...]:
    return (
        Link(_("Report"), reverse("review:dossier-detail", args=[dossier.code])),
        Link(_("Evidence"), reverse("review:evidence-list", args=[dossier.code])),
        Link(_("Improvement actions"), reverse("review:action-list", args=[dossier.code])),
        Link(_("What you opened"), reverse("review:reading-list", args=[dossier.code])),
    )


def _pick(items: tuple[Any, ...], **wanted: Any) -> Any:
    for item in items:
        if all(getattr(item, name) == value for name, value in wanted.items()):
            return item
    raise Http404
