from django.utils.translation import gettext_lazy as _

from feedback.selectors.safeguarding import may_read, readable
from iqas.core.access import Condition, Rule, register

SAFEGUARDED = Condition(
    "safeguarded",
    holds=may_read,
    twin=readable,
    reason=_("Urgent complaints are read by the persons named for safeguarding alone."),
)

register(Rule("campaign.view", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.edit", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.invite", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.open", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.close", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.pause", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.round", model="feedback.Round", scope="scope"))
register(Rule("campaign.rule", model="feedback.OpeningRule", scope="scope"))
register(Rule("answers.view", model="feedback.Campaign", scope="scope"))
register(Rule("results.view", model="feedback.Campaign", scope="scope"))
register(Rule("comment.review", model="feedback.Campaign", scope="scope"))
register(Rule("reply.invite", model="feedback.Campaign", scope="scope"))
register(Rule("theme.edit", model="feedback.Theme", scope="scope"))
register(Rule("outcome.edit", model="feedback.Outcome", scope="campaign__scope"))
register(Rule("outcome.publish", model="feedback.Outcome", scope="campaign__scope"))
register(Rule("consultation.view", model="feedback.Consultation", scope="scope"))
register(Rule("consultation.edit", model="feedback.Consultation", scope="scope"))
register(Rule("complaint.view", model="feedback.Complaint", scope="scope", conditions=(SAFEGUARDED,)))
register(Rule("complaint.edit", model="feedback.Complaint", scope="scope"))
register(Rule("complaint.answer", model="feedback.Complaint", scope="scope", conditions=(SAFEGUARDED,)))
register(Rule("report.view", model="feedback.Report", scope="scope"))
register(Rule("report.make", model="feedback.Report", scope="scope"))
register(Rule("questionnaire.view", model="feedback.Questionnaire", scope=None))
register(Rule("questionnaire.edit", model="feedback.Questionnaire", scope=None))
register(Rule("safeguarding.set", model="feedback.SafeguardingPerson", scope="scope"))
register(Rule("threshold.set", model="feedback.AudienceThreshold", scope=None))
