"""Who may do what with micro-credentials and editions."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from iqas.core.access import OTHER_SCOPE, Condition, Rule, below, holds, paths, register
from microcredentials import rules


def _wrote(user: Any, version: Any) -> bool:
    return bool(version.writers.filter(pk=user.pk).exists())


NOT_OWN_WORK = Condition(
    "own-work",
    holds=lambda user, version: not _wrote(user, version),
    twin=lambda user: ~Q(writers=user),
    reason=rules.OWN_WORK,
    article=rules.ARTICLES["own-work"],
)
NOT_OWN_SUBMISSION = Condition(
    "own-work",
    holds=lambda user, submission: not _wrote(user, submission.version),
    twin=lambda user: ~Q(version__writers=user),
    reason=rules.OWN_WORK,
    article=rules.ARTICLES["own-work"],
)
NOT_IMPORTED = Condition(
    "imported",
    holds=lambda _user, version: version.microcredential.state != "imported",
    twin=lambda _user: ~Q(microcredential__state="imported"),
    reason=rules.IMPORTED,
)
DOCUMENT_IN_REACH = Condition(
    "other-scope",
    holds=lambda user, document: holds(user, "document.view", document.scope),
    twin=lambda user: (
        below(paths(user, "document.view"), "version__microcredential__scope")
        | below(paths(user, "document.view"), "programme__scope")
    ),
    reason=OTHER_SCOPE.reason,
)

register(Rule("microcredential.view", model="microcredentials.MicroCredential", scope="scope"))
register(Rule("microcredential.create", model="organisation.Centre", scope="scope"))
register(Rule("microcredential.import", model="organisation.Centre", scope="scope"))
register(Rule("microcredential.edit", model="microcredentials.MicroCredential", scope="scope"))
register(
    Rule(
        "microcredential.approve",
        model="microcredentials.MicroCredentialVersion",
        scope="microcredential__scope",
        conditions=(NOT_IMPORTED, NOT_OWN_WORK),
    )
)
register(Rule("microcredential.publish", model="microcredentials.MicroCredential", scope="scope"))
register(Rule("microcredential.suspend", model="microcredentials.MicroCredential", scope="scope"))
register(
    Rule(
        "approval.submit",
        model="microcredentials.MicroCredentialVersion",
        scope="microcredential__scope",
        conditions=(NOT_IMPORTED,),
    )
)
for action in ("approval.report", "approval.centre", "approval.govern", "approval.price"):
    register(
        Rule(
            action,
            model="microcredentials.Submission",
            scope="version__microcredential__scope",
            conditions=(NOT_OWN_SUBMISSION,),
        )
    )
register(Rule("approval.remark", model="microcredentials.MicroCredential", scope="scope"))
register(Rule("route.view", model="microcredentials.ApprovalRoute", scope=None))
register(Rule("route.change", model="organisation.Scope", scope="self"))
register(Rule("programme.view", model="microcredentials.AnnualProgramme", scope="scope"))
register(Rule("programme.prepare", model="organisation.Scope", scope="self"))
register(Rule("programme.approve", model="microcredentials.AnnualProgramme", scope="scope"))
register(
    Rule("document.view", model="microcredentials.Document", scope=None, conditions=(DOCUMENT_IN_REACH,))
)
for action in ("document.make", "document.report"):
    register(Rule(action, model="microcredentials.MicroCredentialVersion", scope="microcredential__scope"))
register(Rule("edition.view", model="microcredentials.Edition", scope="microcredential__scope"))
register(Rule("edition.edit", model="microcredentials.Edition", scope="microcredential__scope"))
register(Rule("edition.run", model="microcredentials.Edition", scope="microcredential__scope"))
register(Rule("edition.count", model="microcredentials.Edition", scope="microcredential__scope"))

# The register belongs to the university: whoever holds the permission somewhere may use it.
for action in ("partner.view", "partner.edit", "partner.contacts", "partner.merge", "partner.import"):
    register(Rule(action, model="microcredentials.Partner", scope=None))
register(Rule("pathway.view", model="microcredentials.Pathway", scope="centre__scope"))
register(Rule("pathway.create", model="organisation.Centre", scope="scope"))
register(Rule("pathway.edit", model="microcredentials.Pathway", scope="centre__scope"))
register(Rule("siiu.view", model="microcredentials.Edition", scope="microcredential__scope"))
register(Rule("enrolment.edit", model="microcredentials.Edition", scope="microcredential__scope"))
register(Rule("enrolment.view", model="microcredentials.Enrolment", scope="edition__microcredential__scope"))


def _enrolments(user: Any, permission: str, *, within: bool) -> Any:
    """The enrolments within the person's reach for a permission, or those outside it."""
    from microcredentials.models import Enrolment

    held = paths(user, permission)
    reach = below(held, "edition__microcredential__scope") if held else Q(pk__in=[])
    return Enrolment.objects.filter(reach if within else ~reach)


def _enrolled_in_reach(permission: str) -> Condition:
    return Condition(
        "other-scope",
        holds=lambda user, learner: (
            _enrolments(user, permission, within=True).filter(learner=learner.pk).exists()
        ),
        twin=lambda user: Q(
            Exists(_enrolments(user, permission, within=True).filter(learner=OuterRef("pk")))
        ),
        reason=_("Your role does not reach any edition in which this person is enrolled."),
    )


def _wholly_in_reach(permission: str) -> Condition:
    return Condition(
        "enrolled-elsewhere",
        holds=lambda user, learner: (
            not _enrolments(user, permission, within=False).filter(learner=learner.pk).exists()
        ),
        twin=lambda user: (
            ~Q(Exists(_enrolments(user, permission, within=False).filter(learner=OuterRef("pk"))))
        ),
        reason=_("This person is enrolled in another centre too: ask the university's quality officer."),
    )


for permission in ("learner.view", "learner.edit"):
    register(
        Rule(
            permission,
            model="microcredentials.Learner",
            scope=None,
            conditions=(_enrolled_in_reach(permission),),
        )
    )
for permission in ("learner.export", "learner.erase"):
    register(
        Rule(
            permission,
            model="microcredentials.Learner",
            scope=None,
            conditions=(_enrolled_in_reach(permission), _wholly_in_reach(permission)),
        )
    )
