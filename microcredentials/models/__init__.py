from microcredentials.models.approval import (
    AnnualProgramme,
    ApprovalAct,
    ApprovalRoute,
    ApprovalStep,
    Change,
    Remark,
    StandingAct,
    Submission,
)
from microcredentials.models.catalogue import AwardingBody, MicroCredential, MicroCredentialVersion
from microcredentials.models.documents import Document
from microcredentials.models.editions import Edition, EnrolmentCount
from microcredentials.models.enrolments import Enrolment
from microcredentials.models.learners import ErasedIdentity, Learner, LearnerStatistics
from microcredentials.models.learning import Assessment, LearningOutcome
from microcredentials.models.partners import Agreement, Participation, Partner, PartnerContact
from microcredentials.models.pathways import Pathway, PathwayStep
from microcredentials.models.people import Supporter, Teacher
from microcredentials.models.printed import Printed
from microcredentials.models.reports import EditionReport, Incident

__all__ = [
    "Agreement",
    "AnnualProgramme",
    "ApprovalAct",
    "ApprovalRoute",
    "ApprovalStep",
    "Assessment",
    "AwardingBody",
    "Change",
    "Document",
    "Edition",
    "EditionReport",
    "Enrolment",
    "EnrolmentCount",
    "ErasedIdentity",
    "Incident",
    "Learner",
    "LearnerStatistics",
    "LearningOutcome",
    "MicroCredential",
    "MicroCredentialVersion",
    "Participation",
    "Partner",
    "PartnerContact",
    "Pathway",
    "PathwayStep",
    "Printed",
    "Remark",
    "StandingAct",
    "Submission",
    "Supporter",
    "Teacher",
]
