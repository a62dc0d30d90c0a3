"""Tables of feedback: what is asked (questionnaires), of whom (campaigns), what came back (answers), what it says (results)."""

from feedback.models.answers import Comment, Draft, Inbox, Receipt, Response
from feedback.models.campaigns import Campaign, CampaignGroup, Invitation, MailOptOut
from feedback.models.questionnaires import Item, Questionnaire, QuestionnaireVersion, Section
from feedback.models.results import GroupSummary, ImportedFile, ItemSummary

__all__ = [
    "Campaign",
    "CampaignGroup",
    "Comment",
    "Draft",
    "GroupSummary",
    "ImportedFile",
    "Inbox",
    "Invitation",
    "Item",
    "ItemSummary",
    "MailOptOut",
    "Questionnaire",
    "QuestionnaireVersion",
    "Receipt",
    "Response",
    "Section",
]
