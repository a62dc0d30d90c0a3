"""Is this dossier genuine? For anybody, without an account: by its code, or by the file itself."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from audits.forms import CodeForm, FileForm
from audits.models import Dossier
from audits.selectors import register
from audits.services.dossiers import normal_code
from iqas.core.views import public
from iqas.ui import forms as ui_forms

READ_AND_ASK = ("GET", "HEAD", "POST")
WHY_PUBLIC = "anybody who holds a dossier may ask whether it is genuine"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file turned out to be."""

    sha256: str
    size: int
    dossier: Dossier | None


@public(WHY_PUBLIC, methods=READ_AND_ASK)
def dossier_search(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _compare(request, "audits/verify_search.html", {"code_form": CodeForm()})
    code_form = CodeForm(request.GET or None)
    if "code" in request.GET and code_form.is_valid():
        code = normal_code(code_form.cleaned_data["code"])
        if CODE.fullmatch(code) and Dossier.objects.filter(csv_code=code).exclude(state="pending").exists():
            return redirect("verify:dossier-detail", code)
        code_form.add_error(
            "code", _("No dossier has this code. Compare it with the one printed on your copy.")
        )
    context = {"code_form": code_form, "file_form": FileForm()}
    return render(request, "audits/verify_search.html", context, status=ui_forms.form_status(code_form))


@public(WHY_PUBLIC, methods=READ_AND_ASK)
def dossier_detail(request: HttpRequest, code: str) -> HttpResponse:
    normal = normal_code(code)
    dossier = _registered().filter(csv_code=normal).first()
    if dossier is None:
        return render(request, "audits/verify_unknown.html", {"code": code[:40]}, status=404)
    if code != normal:
        return redirect("verify:dossier-detail", normal)
    context: dict[str, Any] = {"dossier": dossier, "entry": register.entry_of(dossier)}
    if request.method == "POST":
        return _compare(request, "audits/verify_detail.html", context)
    return render(request, "audits/verify_detail.html", context | {"file_form": FileForm()})


def _compare(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    answer = None
    if form.is_valid():
        answer = _answer(form.cleaned_data["file"])
    context |= {"file_form": form, "answer": answer}
    return render(request, template, context, status=ui_forms.form_status(form))


def _answer(upload: UploadedFile) -> Answer:
    """Hashes the file as it lies in the temporary folder, from which it goes when the request ends."""
    digest = hashlib.sha256()
    for chunk in upload.chunks(CHUNK):
        digest.update(chunk)
    sha256 = digest.hexdigest()
    dossier = _registered().filter(sha256=sha256).first()
    if dossier is not None and register.entry_of(dossier) is None:
        dossier = None
    return Answer(sha256, upload.size or 0, dossier)


def _registered() -> Any:
    return Dossier.objects.exclude(state=Dossier.State.PENDING).select_related(
        "scope__parent", "snapshot__self_assessment__framework"
    )
