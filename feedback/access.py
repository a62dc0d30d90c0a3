from iqas.core.access import Rule, register

register(Rule("campaign.view", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.edit", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.invite", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.open", model="feedback.Campaign", scope="scope"))
register(Rule("campaign.close", model="feedback.Campaign", scope="scope"))
register(Rule("results.view", model="feedback.Campaign", scope="scope"))
register(Rule("comment.review", model="feedback.Campaign", scope="scope"))
register(Rule("questionnaire.view", model="feedback.Questionnaire", scope=None))
