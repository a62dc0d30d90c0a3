"""People and their roles."""

from django.urls import path

from iqas.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.people_list, name="people-list"),
    path("invite/", views.person_invite, name="person-invite"),
    path("me/", views.profile_edit, name="profile-edit"),
    path("roles/<uuid:pk>/end/", views.role_end, name="role-end"),
    path("<uuid:pk>/", views.person_detail, name="person-detail"),
    path("<uuid:pk>/end/", views.person_end, name="person-end"),
    path("<uuid:pk>/invitation/", views.person_write, name="person-write"),
]
