from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from feedback.anonymity.compaction import compact
from feedback.anonymity.mixer import mix_and_settle
from feedback.models import Round
from feedback.services import (
    comments,
    complaints,
    mailing,
    outcomes,
    posters,
    replies,
    reports,
    result_files,
    rounds,
)
from feedback.services.upkeep import hourly
from iqas.jobs.mail import Mail, mail_builder
from iqas.jobs.registry import job_kind, periodic
from iqas.jobs.runner import JobContext


@job_kind("feedback.mix", title=_("Mixing of survey answers"), listed=False)
def mix_everything(context: JobContext) -> None:
    hourly()


@job_kind("feedback.mix_campaign", title=_("Last mixing of survey answers"), listed=False)
def mix_campaign(context: JobContext, *, campaign: str) -> None:
    mix_and_settle(UUID(campaign))


@job_kind(rounds.JOB_KIND, title=_("Campaigns of a round"))
def make_round(context: JobContext, *, order: str) -> None:
    rounds.make_campaigns(actor=context.job.requested_by, order=Round.objects.get(pk=UUID(order)))


@job_kind(comments.FORGET_KIND, title=_("Destruction of withheld comments"), listed=False)
def forget_originals(context: JobContext) -> None:
    compact()


@job_kind(posters.JOB_KIND, queue="pdf", title=_("Poster"))
def print_poster(context: JobContext, *, campaign: str, language: str) -> None:
    posters.print_poster(context, campaign=campaign, language=language)


@job_kind(reports.JOB_KIND, queue="pdf", title=_("Report of results"))
def print_report(context: JobContext, *, report: str) -> None:
    reports.produce(context, report)


@job_kind(
    result_files.JOB_KIND,
    title=_("Figures of many campaigns"),
    may_take=lambda user, job: result_files.refuse_other_roles(user, job.payload["held"]),
)
def write_results(
    context: JobContext, *, campaigns: Sequence[str], held: str, language: str, kind: str, table: str
) -> None:
    result_files.refuse_other_roles(context.job.requested_by, held)
    result_files.write_file(context, campaigns=campaigns, language=language, kind=kind, table=table)


@mail_builder(replies.BUILDER)
def reply_mail(*, link: str) -> Mail | None:
    return replies.build_mail(link=link)


@mail_builder(complaints.BUILDER)
def complaint_mail(*, complaint: str, what: str, person: str = "") -> Mail | None:
    return complaints.build_mail(complaint=complaint, what=what, person=person)


@mail_builder(outcomes.BUILDER)
def outcome_mail(*, invitation: str, stage: str) -> Mail | None:
    return outcomes.build_mail(invitation=invitation, stage=stage)


@mail_builder(mailing.BUILDER)
def invitation_mail(*, invitation: str, wave: int, more: Sequence[Sequence[Any]] = ()) -> Mail | None:
    return mailing.build_mail(invitation=invitation, wave=wave, more=more)


periodic("feedback.mix", every=3600)
