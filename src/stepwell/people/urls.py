"""Addresses of people a practice has taken onto its list."""

from django.urls import path

from stepwell.people.views import people

app_name = "people"

urlpatterns = [
    path("", people.show_all, name="list"),
    path("<uuid:pk>/", people.show, name="person"),
    path("<uuid:pk>/ome.csv", people.ome_csv, name="ome_csv"),
]
