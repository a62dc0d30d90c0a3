"""For every route with parameters, the values that name centre A's object and centre B's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedback.models import Comment
from feedback.selectors.invitations import open_link_of
from iqas.accounts.models import RoleAssignment, User
from iqas.core.routes import Route, routes
from iqas.demo.acceptance.approval import CENTRE, REPORT
from iqas.demo.acceptance.objects import FRAMEWORK, Objects
from iqas.demo.summary import unused_links
from iqas.frameworks.models import CrosswalkLink, Framework
from iqas.jobs.models import Job
from iqas.organisation.models import University
from microcredentials.models import AnnualProgramme, Enrolment

Values = Callable[[Objects], dict[str, Any]]
NOWHERE = "0" * 43
INDICATOR = "response-rate"

BY_ROUTE: dict[str, Values] = {
    "accounts:role-end": lambda o: {"pk": str(_assignment(o).pk)},
    "microcredentials:edition-advance": lambda o: {"code": o.finished.code, "step": "sign"},
    "microcredentials:version-detail": lambda o: {"code": o.microcredential.code, "number": 1},
    "microcredentials:document-request": lambda o: {"code": o.microcredential.code, "number": 1},
    "microcredentials:document-download": lambda o: {"code": o.more["document"].code},
    "microcredentials:document-file": lambda o: {"code": o.more["document"].code},
    "microcredentials:import-detail": lambda o: {"pk": str(o.more["import"].pk)},
    "microcredentials:import-confirm": lambda o: {"pk": str(o.more["import"].pk)},
    "microcredentials:section-edit": lambda o: {"code": o.microcredential.code, "section": "need"},
    "microcredentials:version-approval": lambda o: {"code": o.microcredential.code, "number": 1},
    "microcredentials:standing-change": lambda o: {"code": o.microcredential.code, "step": "publish"},
    "microcredentials:edition-create": lambda o: {"code": o.microcredential.code},
    "microcredentials:participation-remove": lambda o: {
        "code": o.microcredential.code,
        "pk": str(o.microcredential.participations.get().pk),
    },
    "microcredentials:incident-create": lambda o: {"code": o.running.code},
    "microcredentials:incident-edit": lambda o: {
        "code": o.running.code,
        "pk": str(o.running.incidents.get().pk),
    },
    "microcredentials:enrolment-list": lambda o: {"code": o.running.code},
    "microcredentials:enrolment-create": lambda o: {"code": o.running.code},
    "microcredentials:enrolment-change": lambda o: {"code": o.running.code},
    "microcredentials:edition-enrolment-upload": lambda o: {"code": o.running.code},
    "microcredentials:enrolment-edit": lambda o: {"pk": str(_enrolment(o).pk)},
    "microcredentials:learner-detail": lambda o: {"pk": str(_enrolment(o).learner_id)},
    "microcredentials:learner-edit": lambda o: {"pk": str(_enrolment(o).learner_id)},
    "microcredentials:learner-export": lambda o: {"pk": str(_enrolment(o).learner_id)},
    "microcredentials:learner-erase": lambda o: {"pk": str(_enrolment(o).learner_id)},
    "evidence:version-approve": lambda o: {"code": o.evidence.code, "number": 2},
    "evidence:version-withdraw": lambda o: {"code": o.evidence.code, "number": 2},
    "evidence:version-download": lambda o: {"code": o.evidence.code, "number": 1},
    "feedback:campaign-answers": lambda o: {"code": o.more["signed"].code},
    "feedback:campaign-sheet": lambda o: {"code": o.campaign.code, "sheet": 1},
    "feedback:campaign-report": lambda o: {"code": o.mixed.code},
    "feedback:edition-report": lambda o: {"code": o.finished.code},
    "feedback:centre-report": lambda o: {
        "code": o.microcredential.centre.scope.code,
        "year": o.finished.year.code,
    },
    "api:feedback:campaign-report": lambda o: {"code": o.mixed.code},
    "api:feedback:edition-report": lambda o: {"code": o.finished.code},
    "api:feedback:centre-report": lambda o: {"code": o.microcredential.centre.scope.code},
    "api:feedback:questionnaire-detail": lambda o: {"code": "LEARNER-END"},
    "api:feedback:questionnaire-version": lambda o: {"code": "LEARNER-END", "number": 1},
    "feedback:report-download": lambda o: {"code": o.more["report"].code},
    "feedback:results-edition": lambda o: {"code": o.finished.code},
    "feedback:results-edition-export": lambda o: {"code": o.finished.code},
    "api:feedback:results-edition": lambda o: {"code": o.finished.code},
    "api:feedback:results-place": lambda o: {"code": o.microcredential.scope.code},
    "feedback:results-place-export": lambda o: {"code": o.microcredential.scope.code},
    "feedback:campaign-results-export": lambda o: {"code": o.mixed.code},
    "feedback:results-place": lambda o: {"code": o.microcredential.scope.code},
    "feedback:campaign-results": lambda o: {"code": o.mixed.code},
    "api:feedback:campaign-results": lambda o: {"code": o.mixed.code},
    "feedback:comment-list": lambda o: {"code": o.mixed.code},
    "feedback:comment-decide": lambda o: {"pk": str(_comment(o).pk)},
    "feedback:campaign-outcomes": lambda o: {"code": o.mixed.code},
    "api:feedback:campaign-outcomes": lambda o: {"code": o.mixed.code},
    "feedback:outcome-add": lambda o: {"code": o.mixed.code},
    "feedback:outcomes-publish": lambda o: {"code": o.mixed.code},
    "survey:outcome-campaign": lambda o: {"code": o.mixed.code},
    "survey:outcome-edition": lambda o: {"code": o.finished.code},
    "feedback:theme-edit": lambda o: {"pk": str(o.more["theme"].pk)},
    "feedback:campaign-message-file": lambda o: {"code": o.campaign.code, "language": "es", "wave": 0},
    "feedback:reply-add": lambda o: {"code": o.mixed.code},
    "feedback:reply-withdraw": lambda o: {"pk": str(o.more["reply"].link_id)},
    "feedback:reply-publish": lambda o: {"pk": str(o.more["reply"].pk)},
    "survey:reply-follow": lambda o: {"token": NOWHERE},
    "feedback:questionnaire-detail": lambda o: {"code": "LEARNER-END", "number": 1},
    "frameworks:framework-detail": lambda o: {"code": FRAMEWORK, "version": _framework().version},
    "audits:dossier-detail": lambda o: {"code": o.dossier.code},
    "audits:dossier-download": lambda o: {"code": o.dossier.code},
    "audits:dossier-request": lambda o: {"code": o.frozen.code},
    "verify:dossier-detail": lambda o: {"code": o.dossier.csv_code},
    "university:university-logo": lambda o: {"sha256": University.current().logo_sha256},
    "survey:open-link": lambda o: {"code": _open_code(o)},
    "survey:open-link-slash": lambda o: {"code": _open_code(o)},
    "survey:survey-begin": lambda o: {"code": o.campaign.code},
    "survey:survey-clear": lambda o: {"code": o.campaign.code},
    "survey:survey-answer": lambda o: {"code": o.campaign.code, "page": 1},
    "survey:mail-stop": lambda o: {"mark": NOWHERE},
    "survey:link-follow": lambda o: {"token": unused_links(o.campaign)[0].rsplit("/", 1)[-1]},
    "survey:link-follow-slash": lambda o: {"token": NOWHERE},
    "account_confirm_email": lambda o: {"key": "nothing"},
    "account_reset_password_from_key": lambda o: {"uidb36": "0", "key": "nothing"},
    "openid_connect_login": lambda o: {"provider_id": "none"},
    "openid_connect_callback": lambda o: {"provider_id": "none"},
    "mfa_remove_webauthn": lambda o: {"pk": 1},
    "mfa_edit_webauthn": lambda o: {"pk": 1},
}

BY_PREFIX: dict[str, Values] = {
    "api:evidence:version-": lambda o: {"code": o.evidence.code, "number": 2},
    "api:microcredentials:document-": lambda o: {"code": o.more["document"].code},
    "api:microcredentials:route-": lambda o: {"code": "UNIVERSITY", "number": 1},
    "api:microcredentials:version-": lambda o: {"code": o.microcredential.code, "number": 1},
    "api:microcredentials:approval-": lambda o: {
        "code": _submitted(o),
        "number": 1,
        "step": REPORT,
        "pk": str(o.more["remark"].pk),
    },
    "api:microcredentials:participation-": lambda o: {
        "code": o.microcredential.code,
        "pk": str(o.microcredential.participations.get().pk),
    },
    "api:microcredentials:programme-": lambda o: {"code": AnnualProgramme.objects.get().code},
    "api:microcredentials:edition-": lambda o: {"code": o.finished.code},
    "api:microcredentials:incident-": lambda o: {
        "code": o.running.code,
        "pk": str(o.running.incidents.get().pk),
    },
    "api:microcredentials:enrolment-": lambda o: {"code": o.running.code, "pk": str(_enrolment(o).pk)},
    "api:microcredentials:learner-": lambda o: {"pk": str(_enrolment(o).learner_id)},
    "api:microcredentials:siiu-": lambda o: {"code": o.finished.year.code},
    "api:microcredentials:partner-agreement": lambda o: {
        "code": o.more["partner"].code,
        "pk": str(o.more["partner"].agreements.get().pk),
    },
    "api:microcredentials:partner-contact": lambda o: {
        "code": o.more["partner"].code,
        "pk": str(o.more["partner"].contacts.get().pk),
    },
    "api:microcredentials:partner-": lambda o: {"code": o.more["partner"].code},
    "api:microcredentials:pathway-": lambda o: {"code": o.more["pathway"].code},
    "feedback:comment-": lambda o: {"code": o.mixed.code},
    "feedback:complaint-": lambda o: {"code": o.more["complaint"].code},
    "feedback:questionnaire-": lambda o: {
        "code": o.more["questionnaire"].questionnaire.code,
        "number": 1,
        "section": str(o.more["questionnaire"].sections.get().pk),
        "item": "R01",
    },
    "api:feedback:report-": lambda o: {"code": o.more["report"].code},
    "api:feedback:complaint-": lambda o: {"code": o.more["complaint"].code},
    "api:feedback:consultation-": lambda o: {"code": o.more["consultation"].code},
    "feedback:consultation-": lambda o: {"code": o.more["consultation"].code},
    "feedback:point-": lambda o: {
        "code": o.more["consultation"].code,
        "pk": str(o.more["consultation"].points.get().pk),
    },
    "feedback:outcome-": lambda o: {"pk": str(o.more["outcome"].pk)},
    "feedback:round-": lambda o: {"code": o.more["round"].code, "edition": o.running.code},
    "feedback:rule-": lambda o: {"code": o.more["rule"].code},
    "microcredentials:programme-": lambda o: {"code": AnnualProgramme.objects.get().code},
    "microcredentials:act-": lambda o: {"code": _submitted(o), "step": CENTRE},
    "microcredentials:approval-": lambda o: {"code": _submitted(o)},
    "microcredentials:conditions-": lambda o: {"code": _submitted(o), "step": REPORT},
    "microcredentials:remark-": lambda o: {
        "code": _submitted(o),
        "section": o.more["remark"].section,
        "pk": str(o.more["remark"].pk),
    },
    "microcredentials:edition-": lambda o: {"code": o.finished.code},
    "microcredentials:partner-agreement": lambda o: {
        "code": o.more["partner"].code,
        "pk": str(o.more["partner"].agreements.get().pk),
    },
    "microcredentials:partner-contact": lambda o: {
        "code": o.more["partner"].code,
        "pk": str(o.more["partner"].contacts.get().pk),
    },
    "microcredentials:partner-": lambda o: {"code": o.more["partner"].code},
    "microcredentials:pathway-": lambda o: {"code": o.more["pathway"].code},
}

BY_APP: dict[str, Values] = {
    "accounts": lambda o: {"pk": str(_coordinator(o).pk)},
    "dimensions": lambda o: {"code": o.microcredential.code},
    "evidence": lambda o: {"code": o.evidence.code},
    "improvement": lambda o: {"code": o.action.code},
    "microcredentials": lambda o: {"code": o.microcredential.code},
    "feedback": lambda o: {"code": o.campaign.code},
    "jobs": lambda o: {"pk": str(_job(o).pk)},
    "audits": lambda o: {"code": o.draft.code, "criterion": "1.1"},
    "routes": lambda o: {"code": "UNIVERSITY", "number": 1},
    "review": lambda o: {
        "code": o.dossier.code,
        "criterion": "A.1",
        "evidence": o.evidence.code,
        "number": 1,
        "indicator": INDICATOR,
    },
    "frameworks": lambda o: _crosswalk(),
    "organisation": lambda o: {"code": o.centre.code},
    "indicators": lambda o: {
        "code": INDICATOR,
        "scope_code": o.centre.code,
        "year_code": o.finished.year.code,
    },
}


def addresses(built: dict[str, Objects]) -> dict[str, dict[str, dict[str, Any]]]:
    """`{route: {"A": {parameter: value}, "B": …}}` for every route that has parameters."""
    return {
        route.name: {mark: values_for(route, objects) for mark, objects in built.items()}
        for route in routes()
        if route.kwargs
    }


def values_for(route: Route, objects: Objects) -> dict[str, Any]:
    """The parameters that name this centre's object. Fails for a route that nobody thought of here."""
    app = route.name.split(":")[-2] if ":" in route.name else ""
    values = BY_ROUTE.get(route.name) or _by_prefix(route.name) or BY_APP.get(app)
    if values is None:
        raise LookupError(f"Say in iqas/demo/acceptance/addresses.py which object {route.name} shows.")
    known = values(objects)
    missing = set(route.kwargs) - set(known)
    if missing:
        raise LookupError(
            f"Say in iqas/demo/acceptance/addresses.py what {sorted(missing)} of {route.name} is."
        )
    return {name: known[name] for name in route.kwargs}


def _by_prefix(name: str) -> Values | None:
    return next((values for prefix, values in BY_PREFIX.items() if name.startswith(prefix)), None)


def _open_code(objects: Objects) -> str:
    link = open_link_of(objects.more["open"])
    return link.code if link is not None else ""


def _enrolment(objects: Objects) -> Enrolment:
    found: Enrolment = objects.running.enrolments.first()
    return found


def _submitted(objects: Objects) -> str:
    return str(objects.more["remark"].version.microcredential.code)


def _assignment(objects: Objects) -> RoleAssignment:
    return RoleAssignment.objects.filter(user=_coordinator(objects)).get()


def _coordinator(objects: Objects) -> User:
    return User.objects.get(email=f"coordinator.{objects.mark.lower()}@acceptance.example")


def _comment(objects: Objects) -> Comment:
    return Comment.objects.filter(campaign=objects.mixed).order_by("pk").first() or Comment()


def _job(objects: Objects) -> Job:
    return Job.objects.filter(kind="dossier.render", about=objects.dossier.code).get()


def _framework() -> Framework:
    return Framework.objects.filter(code=FRAMEWORK).latest("version")


def _crosswalk() -> dict[str, Any]:
    link = CrosswalkLink.objects.select_related("crosswalk").first()
    crosswalk = link.crosswalk if link else None
    return {"code": getattr(crosswalk, "code", ""), "version": getattr(crosswalk, "version", "")}
