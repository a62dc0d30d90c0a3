"""What people must do with micro-credentials and editions, for "my work"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iqas.core import clock
from iqas.core.access import allowed, holds
from iqas.core.worklist import WorkItem, work_source
from iqas.organisation.models import University
from microcredentials import completeness
from microcredentials.deadlines import report_due, results_due
from microcredentials.models import Edition, MicroCredentialVersion, Remark, Submission
from microcredentials.selectors import partners
from microcredentials.selectors.process import waiting_for
from microcredentials.services.editions import is_below_minimum

State = Edition.State
SHOWN = 40
DECIDE_BEFORE = timedelta(days=7)


@work_source
def acts_to_record(user: Any) -> Iterator[WorkItem]:
    """Submissions that wait for an act this person may record; those of the annual programme together."""
    university = University.objects.select_related("scope").first()
    programme = university is not None and holds(user, "programme.approve", university.scope)
    together: list[Submission] = []
    for submission in waiting_for(user)[:SHOWN]:
        step = submission.waiting_for
        if step is None:
            continue
        if step.by_programme and programme:
            together.append(submission)
            continue
        version = submission.version
        yield WorkItem(
            due=submission.due,
            title=f"{version.microcredential.code} · {version.title}",
            url=reverse("microcredentials:approval-detail", args=[version.microcredential.code]),
            verb=_("Record: %(step)s") % {"step": step.name},
            scope_label=version.microcredential.centre.name,
        )
    if together:
        yield WorkItem(
            due=min((one.due for one in together if one.due), default=None),
            title=ngettext(
                "%(count)s micro-credential is ready for the annual programme",
                "%(count)s micro-credentials are ready for the annual programme",
                len(together),
            )
            % {"count": len(together)},
            url=reverse("microcredentials:programme-list"),
            verb=_("See the programme"),
        )


@work_source
def drafts_to_hand_in(user: Any) -> Iterator[WorkItem]:
    """Drafts that this person wrote: whole ones to submit, returned ones to answer."""
    mine = (
        allowed(user, "approval.submit")
        .filter(stage=MicroCredentialVersion.Stage.DRAFT, writers=user)
        .annotate(
            is_returned=Exists(
                Remark.objects.filter(version=OuterRef("pk"), act__isnull=False, resolved_at__isnull=True)
            )
        )
        .filter(Q(elements_done=completeness.TOTAL) | Q(is_returned=True))
    )
    for version in mine.select_related("microcredential__centre").order_by("created_at")[:SHOWN]:
        yield WorkItem(
            due=None,
            title=f"{version.microcredential.code} · {version.title}",
            url=reverse("microcredentials:approval-detail", args=[version.microcredential.code]),
            verb=_("Answer why it was returned") if version.is_returned else _("Submit for approval"),
            scope_label=version.microcredential.centre.name,
        )


@work_source
def editions_to_move_on(user: Any) -> Iterator[WorkItem]:
    """Editions whose next step is due: begin or cancel, finish, sign, report, close."""
    university = University.objects.first()
    if university is None:
        return
    today = clock.today()
    mine = allowed(user, "edition.run").select_related(
        "version", "microcredential__centre", "counts", "report"
    )
    for edition in mine.filter(state=State.OPEN, starts__lte=today + DECIDE_BEFORE).order_by("starts")[
        :SHOWN
    ]:
        if is_below_minimum(edition, university):
            yield _item(edition, edition.starts, _("Cancel it, or begin with too few learners"))
        elif edition.starts <= today:
            yield _item(edition, edition.starts, _("Begin the teaching"))
    for edition in mine.filter(state=State.RUNNING, ends__lt=today).order_by("ends")[:SHOWN]:
        yield _item(edition, edition.ends, _("Mark as finished"))
    for edition in mine.filter(state=State.FINISHED).order_by("ends")[:SHOWN]:
        yield _item(edition, results_due(edition.ends, university), _("Sign the results"))
    for edition in mine.filter(state=State.RESULTS_SIGNED).order_by("ends")[:SHOWN]:
        due = report_due(edition.ends, university)
        if edition.has_filed_report:
            yield _item(edition, due, _("Close the edition"))
        else:
            url = reverse("microcredentials:edition-report", args=[edition.code])
            yield _item(edition, due, _("File the final report"), url)


@work_source
def agreements_to_renew(user: Any) -> Iterator[WorkItem]:
    """Agreements that have ended or soon will, with the partners whom the person looks after."""
    for agreement in partners.to_renew(partners.looked_after_by(user))[:SHOWN]:
        yield WorkItem(
            due=agreement.ends,
            title=f"{agreement.partner.code} · {agreement.partner.name}: {agreement.title}",
            url=f"{agreement.partner.get_absolute_url()}#agreements",
            verb=_("Renew the agreement"),
        )


def _item(edition: Edition, due: Any, verb: str, url: str = "") -> WorkItem:
    return WorkItem(
        due=due,
        title=f"{edition.code} · {edition.version.title}",
        url=url or edition.get_absolute_url(),
        verb=verb,
        scope_label=edition.microcredential.centre.name,
    )
