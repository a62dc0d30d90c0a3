from django.urls import path

from iqas.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="job-list"),
    path("bell/", views.job_bell, name="job-bell"),
    path("seen/", views.jobs_mark_seen, name="jobs-mark-seen"),
    path("<uuid:pk>/", views.job_detail, name="job-detail"),
    path("<uuid:pk>/cancel/", views.job_cancel, name="job-cancel"),
    path("<uuid:pk>/retry/", views.job_retry, name="job-retry"),
    path("<uuid:pk>/file/", views.artefact_download, name="artefact-download"),
]
