"""Links, sheets, mail and reminders."""

from django.urls import URLPattern, path

from feedback.views import invitations, message_preview, survey

STAFF = [
    path("campaigns/<str:code>/invite/", invitations.campaign_invite, name="campaign-invite"),
    path(
        "campaigns/<str:code>/invite/learners/",
        invitations.campaign_invite_learners,
        name="campaign-invite-learners",
    ),
    path(
        "campaigns/<str:code>/invite/contacts/",
        invitations.campaign_invite_contacts,
        name="campaign-invite-contacts",
    ),
    path("returned/", invitations.mail_returned, name="mail-returned"),
    path("campaigns/<str:code>/messages/", message_preview.campaign_messages, name="campaign-messages"),
    path(
        "campaigns/<str:code>/messages/<str:language>/<int:wave>/",
        message_preview.campaign_message_file,
        name="campaign-message-file",
    ),
    path("campaigns/<str:code>/print/", invitations.campaign_print, name="campaign-print"),
    path("campaigns/<str:code>/sheets/<int:sheet>/", invitations.campaign_sheet, name="campaign-sheet"),
    path("campaigns/<str:code>/poster/", invitations.campaign_poster, name="campaign-poster"),
    path("campaigns/<str:code>/remind/", invitations.campaign_remind, name="campaign-remind"),
]
PUBLIC = [
    path("stop/<str:mark>/", survey.mail_stop, name="mail-stop"),
]
API: list[URLPattern] = []
