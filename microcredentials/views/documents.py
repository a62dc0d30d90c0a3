"""Documents on pages: what there is, asking for one, taking its file."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import can, require
from iqas.core.files import download_response
from iqas.core.refusals import RuleViolation
from iqas.core.views import get_visible_or_404, page
from iqas.ui import forms, lists
from microcredentials.forms.documents import FilingForm
from microcredentials.models import AnnualProgramme, Document, MicroCredential
from microcredentials.presenters.documents import documents_page
from microcredentials.selectors.documents import shelf
from microcredentials.services import documents, filing
from microcredentials.services.documents import WITH_SCOPE
from microcredentials.services.filing import NOT_PRINTED
from microcredentials.tables.registers import DocumentTable
from microcredentials.views.catalogue import visible_microcredential
from microcredentials.views.editions import visible_edition


@page("document.view")
def document_list(request: HttpRequest, code: str) -> HttpResponse:
    microcredential = visible_microcredential(request, code)
    if microcredential.state == MicroCredential.State.IMPORTED:
        raise Http404
    if (kind := request.GET.get("export", "")) in lists.EXPORTS:
        found = shelf(microcredential)
        made = [document for document in found.documents if document.is_made]
        title = _("Documents of %(code)s") % {"code": code}
        return lists.export_table(DocumentTable(made, shelf=found), title, kind)
    context = documents_page(request.user, microcredential)
    return render(request, "microcredentials/document_list.html", context)


@page("document.make", methods=("POST",))
def document_request(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    version = microcredential.versions.filter(number=number).first()
    if version is None:
        raise Http404
    version.microcredential = microcredential
    document = documents.request(
        actor=request.user,
        version=version,
        kind=request.POST.get("kind", ""),
        language=request.POST.get("language", ""),
    )
    return _onwards(request, document, "microcredentials:document-list", code)


@page("document.make", methods=("POST",))
def edition_document_request(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "document.make", edition.version)
    document = documents.request_report(
        actor=request.user, edition=edition, language=request.POST.get("language", "")
    )
    return _onwards(request, document, "microcredentials:edition-detail", code)


@page("document.view")
def document_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """The file, compared with its hash on the way out. Refuses `not-printed`."""
    get_visible_or_404(request.user, Document, "document.view", code=code)
    document = Document.objects.select_related("artefact").defer("body").get(code=code)
    if document.artefact is None:
        raise RuleViolation("not-printed", NOT_PRINTED)
    return download_response(replace(document.artefact.stored, sha256=document.sha256))


@page("programme.prepare", methods=("POST",))
def programme_document_request(request: HttpRequest, code: str) -> HttpResponseBase:
    programme = get_visible_or_404(request.user, AnnualProgramme, "programme.view", code=code)
    require(request.user, "programme.prepare", programme.scope)
    document = documents.request_programme(
        actor=request.user, programme=programme, language=request.POST.get("language", "")
    )
    return _onwards(request, document, "microcredentials:programme-detail", code)


@page("evidence.add", methods=("GET", "HEAD", "POST"))
def document_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """Files a made document as evidence, the same bytes under the same SHA-256."""
    get_visible_or_404(request.user, Document, "document.view", code=code)
    document = Document.objects.select_related(*WITH_SCOPE, "filed_as__evidence").defer("body").get(code=code)
    require(request.user, "evidence.add", document.scope)
    form = FilingForm(request.POST or None, document=document, title=filing.usual_title(document))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            version = filing.file_document(actor=request.user, document=document, **form.filing())
            messages.success(
                request,
                _("%(code)s is filed as %(evidence)s. Somebody else approves it now.")
                % {"code": document.code, "evidence": version},
            )
            return redirect(version.evidence)
    context = {"document": document, "form": form, "back": _back(document)}
    return render(request, "microcredentials/document_file.html", context, status=forms.form_status(form))


def _back(document: Document) -> str:
    """The page that shows the document."""
    shown = document.programme or document.edition
    if shown is not None:
        return shown.get_absolute_url()
    return reverse("microcredentials:document-list", args=[document.of_version.microcredential.code])


def _onwards(request: HttpRequest, document: Document, back: str, code: str) -> HttpResponseBase:
    """To the job while it works; otherwise back, saying that the document was there."""
    if document.is_made or document.job is None:
        messages.info(
            request,
            _("Nothing has changed since %(code)s was made: it is still the document.")
            % {"code": document.code},
        )
        return redirect(back, code)
    if can(request.user, "job.view", document.job):
        return redirect(document.job)
    messages.info(
        request, _("%(code)s is being made: somebody asked for it before.") % {"code": document.code}
    )
    return redirect(back, code)
