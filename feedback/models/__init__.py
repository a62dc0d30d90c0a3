"""Tables of feedback: what is asked (questionnaires), of whom (campaigns), what came back (answers, comments), what it
says (results), what follows (outcomes); and what is no survey (dialogue)."""

from feedback.models.answers import Draft, Inbox, Receipt, Response, SignedAnswer
from feedback.models.campaigns import Campaign, CampaignGroup, Invitation, MailOptOut, Moment
from feedback.models.comments import Comment, CommentTheme, ReplyLink, TeacherReply, Theme
from feedback.models.dialogue import (
    Complaint,
    Consultation,
    ConsultationPartner,
    ConsultationPoint,
    SafeguardingPerson,
)
from feedback.models.outcomes import Outcome, OutcomeAction
from feedback.models.questionnaires import (
    AudienceThreshold,
    Item,
    Questionnaire,
    QuestionnaireVersion,
    Section,
)
from feedback.models.reports import Report
from feedback.models.results import GroupSummary, ImportedFile, ItemSummary
from feedback.models.rounds import OpeningRule, Round, RoundExclusion
from feedback.models.targets import (
    READER_ROLES,
    TEACHERS,
    CampaignEdition,
    CampaignPartner,
    CommentReader,
)

__all__ = [
    "READER_ROLES",
    "TEACHERS",
    "AudienceThreshold",
    "Campaign",
    "CampaignEdition",
    "CampaignGroup",
    "CampaignPartner",
    "Comment",
    "CommentReader",
    "CommentTheme",
    "Complaint",
    "Consultation",
    "ConsultationPartner",
    "ConsultationPoint",
    "Draft",
    "GroupSummary",
    "ImportedFile",
    "Inbox",
    "Invitation",
    "Item",
    "ItemSummary",
    "MailOptOut",
    "Moment",
    "OpeningRule",
    "Outcome",
    "OutcomeAction",
    "Questionnaire",
    "QuestionnaireVersion",
    "Receipt",
    "ReplyLink",
    "Report",
    "Response",
    "Round",
    "RoundExclusion",
    "SafeguardingPerson",
    "Section",
    "SignedAnswer",
    "TeacherReply",
    "Theme",
]
