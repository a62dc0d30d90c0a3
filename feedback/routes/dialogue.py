"""Consultations, complaints and suggestions."""

from django.urls import path

from feedback.api.dialogue import ComplaintList, ComplaintView
from feedback.views import complaints

STAFF = [
    path("complaints/", complaints.complaint_list, name="complaint-list"),
    path("complaints/add/", complaints.complaint_add, name="complaint-add"),
    path("complaints/<str:code>/", complaints.complaint_detail, name="complaint-detail"),
    path("complaints/<str:code>/edit/", complaints.complaint_edit, name="complaint-edit"),
    path("complaints/<str:code>/take-up/", complaints.complaint_take_up, name="complaint-take-up"),
    path("complaints/<str:code>/answer/", complaints.complaint_answer, name="complaint-answer"),
]
PUBLIC = [
    path("suggestions/", complaints.complaint_send, name="complaint-send"),
]
API = [
    path("complaints/", ComplaintList.as_view(), name="complaint-list"),
    path("complaints/<str:code>/", ComplaintView.as_view(), name="complaint-detail"),
]
