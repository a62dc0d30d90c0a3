from django.urls import path

from feedback.views import campaigns, results

app_name = "feedback"
urlpatterns = [
    path("", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/add/", campaigns.campaign_add, name="campaign-add"),
    path("campaigns/<str:code>/", campaigns.campaign_detail, name="campaign-detail"),
    path("campaigns/<str:code>/edit/", campaigns.campaign_edit, name="campaign-edit"),
    path("campaigns/<str:code>/invite/", campaigns.campaign_invite, name="campaign-invite"),
    path("campaigns/<str:code>/print/", campaigns.campaign_print, name="campaign-print"),
    path("campaigns/<str:code>/sheets/<int:sheet>/", campaigns.campaign_sheet, name="campaign-sheet"),
    path("campaigns/<str:code>/open/", campaigns.campaign_open, name="campaign-open"),
    path("campaigns/<str:code>/extend/", campaigns.campaign_extend, name="campaign-extend"),
    path("campaigns/<str:code>/remind/", campaigns.campaign_remind, name="campaign-remind"),
    path("campaigns/<str:code>/close/", campaigns.campaign_close, name="campaign-close"),
    path("questionnaires/", results.questionnaire_list, name="questionnaire-list"),
    path(
        "questionnaires/<str:code>/<int:number>/", results.questionnaire_detail, name="questionnaire-detail"
    ),
    path("campaigns/<str:code>/results/", results.campaign_results_page, name="campaign-results"),
    path("campaigns/<str:code>/comments/", results.comment_list, name="comment-list"),
    path("comments/<uuid:pk>/decision/", results.comment_decide, name="comment-decide"),
]
