from django.urls import path

from iqas.improvement import views

app_name = "improvement"
urlpatterns = [
    path("", views.action_list, name="action-list"),
    path("add/", views.action_add, name="action-add"),
    path("<str:code>/", views.action_detail, name="action-detail"),
    path("<str:code>/edit/", views.action_edit, name="action-edit"),
    path("<str:code>/start/", views.action_start, name="action-start"),
    path("<str:code>/finish/", views.action_finish, name="action-finish"),
    path("<str:code>/verify/", views.action_verify, name="action-verify"),
    path("<str:code>/send-back/", views.action_send_back, name="action-send-back"),
    path("<str:code>/cancel/", views.action_cancel, name="action-cancel"),
]
