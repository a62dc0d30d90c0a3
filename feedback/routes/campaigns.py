"""Campaigns, rounds and opening rules."""

from django.urls import URLPattern, path

from feedback.api.campaigns import CampaignList
from feedback.views import answers, campaigns, rounds, rules

STAFF = [
    path("rounds/", rounds.round_list, name="round-list"),
    path("rounds/add/", rounds.round_add, name="round-add"),
    path("rounds/<str:code>/", rounds.round_detail, name="round-detail"),
    path("rounds/<str:code>/edit/", rounds.round_edit, name="round-edit"),
    path("rounds/<str:code>/make/", rounds.round_make, name="round-make"),
    path("rounds/<str:code>/editions/<str:edition>/", rounds.round_exclude, name="round-exclude"),
    path("rules/", rules.rule_list, name="rule-list"),
    path("rules/add/", rules.rule_add, name="rule-add"),
    path("rules/<str:code>/", rules.rule_edit, name="rule-edit"),
    path("thresholds/", rules.threshold_edit, name="threshold-edit"),
    path("", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/add/", campaigns.campaign_add, name="campaign-add"),
    path("campaigns/add/pool/", campaigns.campaign_add_pool, name="campaign-add-pool"),
    path("campaigns/add/partners/", campaigns.campaign_add_partners, name="campaign-add-partners"),
    path("campaigns/<str:code>/", campaigns.campaign_detail, name="campaign-detail"),
    path("campaigns/<str:code>/edit/", campaigns.campaign_edit, name="campaign-edit"),
    path("campaigns/<str:code>/open/", campaigns.campaign_open, name="campaign-open"),
    path("campaigns/<str:code>/readers/", campaigns.campaign_readers, name="campaign-readers"),
    path("campaigns/<str:code>/answers/", answers.campaign_answers, name="campaign-answers"),
    path("campaigns/<str:code>/pause/", campaigns.campaign_pause, name="campaign-pause"),
    path("campaigns/<str:code>/resume/", campaigns.campaign_resume, name="campaign-resume"),
    path("campaigns/<str:code>/extend/", campaigns.campaign_extend, name="campaign-extend"),
    path("campaigns/<str:code>/close/", campaigns.campaign_close, name="campaign-close"),
]
PUBLIC: list[URLPattern] = []
API = [path("campaigns/", CampaignList.as_view(), name="campaign-list")]
