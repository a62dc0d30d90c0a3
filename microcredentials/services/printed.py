"""Printed records: what they say is kept with its hash, a job prints it, and its file is registered. Never twice the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from iqas import __version__
from iqas.core import clock
from iqas.core.audit import record
from iqas.core.canonical import sha256_hex
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import Artefact
from iqas.jobs.runner import JobContext
from iqas.jobs.services import enqueue
from iqas.ui.pdf.lint import count_pages, lint
from microcredentials.documents.content import Told, from_json, to_json
from microcredentials.documents.render import Seal, to_pdf
from microcredentials.models.printed import Printed

MEDIA_TYPE = "application/pdf"
P = TypeVar("P", bound=Printed)


@dataclass(frozen=True)
class Press(Generic[P]):
    """What differs between the kinds of printed records.

    `noun` begins their events, their refusals and the payload of their jobs; `related` is what their scope and their file
    name need.
    """

    model: type[P]
    noun: str
    prefix: str
    job_kind: str
    related: tuple[str, ...]
    file_name: Callable[[P], str]

    def keep(
        self,
        *,
        actor: Any,
        told: Told,
        kind: str,
        among: Mapping[str, Any],
        also: Mapping[str, Any] | None = None,
        url: str,
    ) -> P:
        """The record that says this, made and ordered where there is none; one whose job failed is printed anew.

        It is looked for `among` those of the same object, kind and language. To be called with that object locked.
        """
        body = to_json(told)
        digest = sha256_hex(body)
        same = self.model._default_manager.filter(kind=kind, language=told.language, **among)
        standing = same.select_related("job", *self.related).filter(content_sha256=digest).first()
        if standing is not None:
            self._renew(actor, standing, is_newest=same.order_by("-as_of").first() == standing, url=url)
            return standing
        now = clock.now()
        made = self.model._default_manager.create(
            code=next_code(self.prefix, width=4, year=now.year),
            kind=kind,
            language=told.language,
            body=body.decode(),
            content_sha256=digest,
            requested_by=actor,
            requested_at=now,
            as_of=now,
            **among,
            **(also or {}),
        )
        self._order(actor, made, attempt="1", url=url)
        self._record(actor, made, "requested", {"content_sha256": digest})
        return made

    def produce(self, context: JobContext, key: str) -> None:
        """The work of the job: print what the record says, lint the file, hand it over.

        Refuses `<noun>-altered` (its content no longer has its hash) and `<noun>-unfit` (the lint found something).
        """
        printed = self.model._default_manager.select_related(*self.related).get(pk=uuid.UUID(key))
        context.progress(0, 3, _("Printing the pages"))
        if sha256_hex(printed.body.encode()) != printed.content_sha256:
            raise RuleViolation(
                f"{self.noun}-altered",
                _("The stored content of %(code)s no longer has its SHA-256. Tell the administrator.")
                % {"code": printed.code},
            )
        pdf = to_pdf(from_json(printed.body), _seal(printed))
        context.progress(1, 3, _("Checking that the file is accessible and lasting"))
        if findings := lint(pdf):
            raise RuleViolation(
                f"{self.noun}-unfit",
                _("The printed file failed its check and was not released: %(findings)s.")
                % {"findings": "; ".join(findings[:5])},
            )
        context.progress(2, 3, _("Storing the file"))
        context.artefact(pdf, self.file_name(printed), MEDIA_TYPE)
        pages = count_pages(pdf)
        context.on_finish(lambda artefact: self._register(printed.pk, artefact, pages))

    def _renew(self, actor: Any, printed: P, *, is_newest: bool, url: str) -> None:
        """The data say this again: it counts again, and is printed now if that failed before."""
        told = {"content_sha256": printed.content_sha256}
        if not is_newest:
            printed.as_of = clock.now()
            printed.save(update_fields=["as_of"])
            self._record(actor, printed, "confirmed", told)
        if printed.has_failed:
            self._order(actor, printed, attempt=f"after {printed.job_id}", url=url)
            self._record(actor, printed, "requested", told)

    def _order(self, actor: Any, printed: P, *, attempt: str, url: str) -> None:
        printed.job = enqueue(
            actor=actor,
            kind=self.job_kind,
            payload={self.noun: str(printed.pk)},
            idem_key=f"{printed.pk}|{attempt}",
            scope=printed.scope,
            about=printed.code,
            about_url=url,
        )
        printed.save(update_fields=["job"])

    def _register(self, key: uuid.UUID, artefact: Artefact | None, pages: int) -> None:
        """Enters the file into the record's row and the audit chain, in the transaction that ends the job."""
        if artefact is None:
            raise RuntimeError("A printed record is registered with its file.")
        rows = self.model._default_manager.select_for_update(of=("self",))
        printed = rows.select_related(*self.related).get(pk=key)
        printed.artefact, printed.sha256, printed.size = artefact, artefact.sha256, artefact.size
        printed.pages, printed.made_at = pages, clock.now()
        printed.save(update_fields=["artefact", "sha256", "size", "pages", "made_at"])
        self._record(
            printed.requested_by, printed, "made", {"sha256": artefact.sha256, "size": artefact.size}
        )

    def _record(self, actor: Any, printed: P, what: str, after: dict[str, Any]) -> None:
        own = {"code": printed.code, "kind": printed.kind, "language": printed.language}
        record(
            actor=actor,
            action=f"{self.noun}.{what}",
            subject=printed,
            scope=printed.scope,
            after=own | after,
        )


def _seal(printed: Printed) -> Seal:
    return Seal(
        code=printed.code,
        created=printed.requested_at,
        made_by=printed.requested_by.name,
        content_sha256=printed.content_sha256,
        application=f"IQAS {__version__}",
    )
