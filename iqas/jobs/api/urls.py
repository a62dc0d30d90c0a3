"""The addresses of the API of jobs."""

from django.urls import path

from iqas.jobs.api import views

app_name = "jobs"
urlpatterns = [
    path("", views.JobList.as_view(), name="job-list"),
    path("<uuid:pk>/", views.JobDetail.as_view(), name="job-detail"),
    path("<uuid:pk>/cancel/", views.JobCancel.as_view(), name="job-cancel"),
    path("<uuid:pk>/retry/", views.JobRetry.as_view(), name="job-retry"),
    path("<uuid:pk>/file/", views.JobFile.as_view(), name="job-file"),
]
