"""Settings of the university, centres and academic years."""

from django.urls import path

from iqas.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.university_show, name="university-show"),
    path("edit/", views.university_edit, name="university-edit"),
    path("centres/", views.centre_list, name="centre-list"),
    path("centres/new/", views.centre_create, name="centre-create"),
    path("centres/<str:code>/", views.centre_detail, name="centre-detail"),
    path("centres/<str:code>/edit/", views.centre_edit, name="centre-edit"),
    path("scope/", views.scope_choose, name="scope-choose"),
    path("years/", views.year_list, name="year-list"),
    path("years/new/", views.year_create, name="year-create"),
]
