"""Addresses of people a practice has taken onto its list."""

from django.urls import path

from stepwell.casefinding.record import views

app_name = "people"

urlpatterns = [
    path("", views.show_all, name="list"),
    path("<uuid:pk>/", views.show, name="person"),
    path("<uuid:pk>/ome.csv", views.ome_csv, name="ome_csv"),
]
