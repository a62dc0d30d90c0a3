"""Whether the acceptance installation holds an object of every model in both centres, and marks every text of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.models.query import QuerySet

OURS = {"iqas", "microcredentials", "feedback", "audits"}
MARKS = ("CANARY-A-", "CANARY-B-")

NOT_SEEDED = {
    "jobs.PeriodicRun": "when recurring work is due: made by the first runner, shown nowhere",
    "jobs.Letter": "a sealed message, gone once it is sent",
    "microcredentials.ErasedIdentity": "a digest of who asked to be erased, shown nowhere",
    "feedback.MailOptOut": "a digest of an address that wants no mail, shown nowhere",
    "feedback.Draft": "a sealed answer that somebody is writing, gone once it is sent",
    "feedback.Inbox": "a sealed answer that waits: those of the seed are mixed",
    "feedback.ImportedFile": "the hash of a file of import_responses, whose campaigns are like any other",
    "audits.Reading": "what an auditor opened: made by the visit, and only one dossier has auditors",
    **dict.fromkeys(
        (
            "feedback.Theme",
            "feedback.CommentTheme",
            "feedback.ReplyLink",
            "feedback.TeacherReply",
            "feedback.Consultation",
            "feedback.ConsultationPartner",
            "feedback.ConsultationPoint",
            "feedback.Complaint",
            "feedback.Outcome",
            "feedback.OutcomeAction",
            "feedback.Report",
        ),
        "its pages come with the answers to what was said",
    ),
}
"""Models of which the seed has no object, each with its reason."""

OF_NO_CENTRE = {
    "core.Sequence": "counters of codes",
    "organisation.University": "there is one",
    "organisation.AcademicYear": "of the university",
    "microcredentials.AnnualProgramme": "of the university",
    "microcredentials.ApprovalRoute": "of the university",
    "microcredentials.ApprovalStep": "of the university",
    "microcredentials.AwardingBody": "the university; another body needs its agreement",
    "microcredentials.Partner": "the register is the university's, and every centre works with it",
    "microcredentials.PartnerContact": "as its partner",
    "microcredentials.Agreement": "as its partner",
    "feedback.AudienceThreshold": "of the university",
    **dict.fromkeys(
        (
            "frameworks.EvidenceKind",
            "frameworks.RatingScale",
            "frameworks.RatingLevel",
            "frameworks.FindingType",
            "frameworks.Framework",
            "frameworks.GuidingQuestion",
            "frameworks.Criterion",
            "frameworks.Crosswalk",
            "frameworks.CrosswalkLink",
            "feedback.Questionnaire",
            "feedback.QuestionnaireVersion",
            "feedback.Section",
            "feedback.Item",
            "indicators.Definition",
        ),
        "comes from a pack and is everybody's",
    ),
}
"""Models whose texts belong to no centre."""

NOT_WRITTEN = {
    *("code", "number", "path", "group_code", "citing_code", "criterion_code", "item_code", "origin_code"),
    *("sort_name", "sort_title", "search_key", "title_key", "email_key", "document_key", "student_key"),
    *("sha256", "content_sha256", "manifest_sha256", "chain_hash", "csv_code", "media_type", "filename"),
    *("mail_idx", "tok_idx", "code_idx", "open_idx", "mail_language", "password", "kind", "section"),
}
"""Fields that the product fills, or whose values come from a list."""

NO_CANARY = {
    "core": "ids, hashes and salts; the texts within before and after are those of the objects",
    "jobs": "kinds and steps of the product's own; what a job is about is named by its code",
    "accounts.User.email": "an address of the seed, which the checks sign in with",
    "evidence.EvidenceVersion.url": "an address or a file, one of the two: held by the withdrawn one",
    "microcredentials.MicroCredentialVersion.country": "a country",
    "microcredentials.LearnerStatistics.nationality": "a country",
    "microcredentials.LearningOutcome.esco_uri": "an address in ESCO",
    "feedback.Receipt.h": "a digest",
    "feedback.Comment.original": "what was struck out of a comment: destroyed with the review",
    "feedback.Comment.decision_reason": "the review of the comments is the work of the checks",
    "feedback.RoundExclusion.rule": "the name of a rule of the product",
}
"""Apps and fields where a canary has no place, each with its reason."""


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]


def missing_objects() -> list[str]:
    """Models without an object, of which nobody says why."""
    return [
        model._meta.label
        for model in our_models()
        if model._meta.label not in NOT_SEEDED and not QuerySet(model).exists()
    ]


def unmarked_texts() -> list[str]:
    """`app.Model.field` of texts that people write and that lack the canary of a centre."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if model._meta.label not in NOT_SEEDED | OF_NO_CENTRE and model._meta.app_label not in NO_CANARY
        for field in written_texts(model)
        if not all(QuerySet(model).filter(**{f"{field.attname}__contains": mark}).exists() for mark in MARKS)
    ]


def written_texts(model: type[models.Model]) -> Iterator[models.Field]:
    """Texts of a row in the languages of the product: bare names of translated fields are its columns again."""
    names = {field.name for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if (
            isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in NOT_WRITTEN
            and f"{field.name}_es" not in names
            and not field.name.endswith(("_ca", "_gl", "_eu"))
            and f"{model._meta.label}.{field.name}" not in NO_CANARY
        ):
            yield field


def unknown_names() -> list[str]:
    """Names in the lists above that no model or field has: they would excuse nobody, or somebody else."""
    labels = {model._meta.label for model in our_models()}
    fields = {f"{model._meta.label}.{field.name}" for model in our_models() for field in model._meta.fields}
    known = labels | fields | {model._meta.app_label for model in our_models()}
    return sorted({*NOT_SEEDED, *OF_NO_CENTRE, *NO_CANARY} - known)
