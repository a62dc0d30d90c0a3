"""Importing earlier results on a page: the dry run first, then a person says yes to what it said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from feedback.forms.importing import ImportForm
from feedback.models import Campaign
from feedback.services.importing import ImportReport, import_responses
from feedback.views.shared import WRITE
from iqas.core.access import require
from iqas.core.canonical import sha256_hex
from iqas.core.files import open_stored, store
from iqas.core.refusals import RuleViolation
from iqas.core.views import page
from iqas.organisation.models import University
from iqas.ui import forms

SALT = "feedback.responses"
AN_HOUR = 3600
TABLES = frozenset({".csv", ".txt", ".xlsx"})
MOST_SHOWN = 200


@page("campaign.edit", methods=WRITE)
def result_import(request: HttpRequest) -> HttpResponseBase:
    """For those who may prepare campaigns in the whole university: a file can hold any of its editions."""
    _require(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            kept = store(form.cleaned_data["file"], allow=TABLES)
            mapping = form.cleaned_data["mapping"].replace("\r\n", "\n")
            report = _imported(request, kept.sha256, kept.original_name, mapping, dry_run=True)
            promise = "" if report.refused else _promise(request, kept.sha256, kept.original_name, mapping)
            status = forms.UNPROCESSABLE if report.refused else 200
            return render(
                request,
                "feedback/result_import_report.html",
                _context(report, kept.original_name) | {"promise": promise, "mapping": mapping},
                status=status,
            )
    return render(request, "feedback/result_import.html", {"form": form}, status=forms.form_status(form))


@page("campaign.edit", methods=("POST",))
def result_import_confirm(request: HttpRequest) -> HttpResponseBase:
    """Imports the very file and mapping whose dry run the person saw: their hashes were signed for this person."""
    _require(request)
    mapping = request.POST.get("mapping", "").replace("\r\n", "\n")
    sha256, name = _promised(request, mapping)
    report = _imported(request, sha256, name, mapping, dry_run=False)
    if report.refused:
        return render(
            request,
            "feedback/result_import_report.html",
            _context(report, name) | {"promise": ""},
            status=409,
        )
    messages.success(
        request,
        _("%(rows)s answers of %(campaigns)s campaigns were imported.")
        % {"rows": report.rows, "campaigns": len(report.created)}
        if report.created
        else _("This file was imported before with this mapping: nothing has changed."),
    )
    return redirect("feedback:result-list")


def _require(request: HttpRequest) -> None:
    require(request.user, "campaign.edit", Campaign(scope=University.current().scope))


def _imported(request: HttpRequest, sha256: str, name: str, mapping: str, *, dry_run: bool) -> ImportReport:
    with _on_disk(sha256, name, mapping) as (path, mapping_path):
        return import_responses(actor=request.user, path=path, mapping_path=mapping_path, dry_run=dry_run)


@contextmanager
def _on_disk(sha256: str, name: str, mapping: str) -> Iterator[tuple[Path, Path]]:
    """The stored file under its own name, and the mapping, for as long as they are read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers" / PurePath(name).name
        path.parent.mkdir()
        with open_stored(sha256) as stored, path.open("wb") as copy:
            shutil.copyfileobj(stored, copy)
        mapping_path = Path(folder) / "mapping.yaml"
        mapping_path.write_text(mapping, encoding="utf-8")
        yield path, mapping_path


def _context(report: ImportReport, name: str) -> dict[str, Any]:
    return {
        "report": report,
        "name": name,
        "problems": report.rejected[:MOST_SHOWN],
        "more": max(len(report.rejected) - MOST_SHOWN, 0),
    }


def _promise(request: HttpRequest, sha256: str, name: str, mapping: str) -> str:
    return signing.dumps([str(request.user.pk), sha256, name, sha256_hex(mapping.encode())], salt=SALT)


def _promised(request: HttpRequest, mapping: str) -> tuple[str, str]:
    too_old = RuleViolation("promise-expired", _("The dry run is too old. Upload the file again."))
    try:
        owner, sha256, name, digest = signing.loads(
            request.POST.get("promise", ""), salt=SALT, max_age=AN_HOUR
        )
    except signing.BadSignature as bad:
        raise too_old from bad
    if owner != str(request.user.pk) or digest != sha256_hex(mapping.encode()):
        raise too_old
    return str(sha256), str(name)
