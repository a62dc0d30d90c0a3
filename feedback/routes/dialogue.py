"""Consultations, complaints and suggestions."""

from django.urls import path

from feedback.api.dialogue import ComplaintList, ComplaintView, ConsultationList, ConsultationView
from feedback.views import complaints, consultations

STAFF = [
    path("consultations/", consultations.consultation_list, name="consultation-list"),
    path("consultations/add/", consultations.consultation_add, name="consultation-add"),
    path("consultations/<str:code>/", consultations.consultation_detail, name="consultation-detail"),
    path("consultations/<str:code>/edit/", consultations.consultation_edit, name="consultation-edit"),
    path("consultations/<str:code>/points/add/", consultations.point_add, name="point-add"),
    path("consultations/<str:code>/points/<uuid:pk>/", consultations.point_edit, name="point-edit"),
    path(
        "consultations/<str:code>/points/<uuid:pk>/remove/", consultations.point_remove, name="point-remove"
    ),
    path("complaints/", complaints.complaint_list, name="complaint-list"),
    path("complaints/add/", complaints.complaint_add, name="complaint-add"),
    path("complaints/urgent/", complaints.safeguarding_persons, name="safeguarding-persons"),
    path("complaints/<str:code>/", complaints.complaint_detail, name="complaint-detail"),
    path("complaints/<str:code>/edit/", complaints.complaint_edit, name="complaint-edit"),
    path("complaints/<str:code>/take-up/", complaints.complaint_take_up, name="complaint-take-up"),
    path("complaints/<str:code>/answer/", complaints.complaint_answer, name="complaint-answer"),
]
PUBLIC = [
    path("suggestions/", complaints.complaint_send, name="complaint-send"),
    path("suggestions/answer/", complaints.complaint_follow, name="complaint-follow"),
]
API = [
    path("consultations/", ConsultationList.as_view(), name="consultation-list"),
    path("consultations/<str:code>/", ConsultationView.as_view(), name="consultation-detail"),
    path("complaints/", ComplaintList.as_view(), name="complaint-list"),
    path("complaints/<str:code>/", ComplaintView.as_view(), name="complaint-detail"),
]
