"""Addresses of an organisation's own pages."""

from django.urls import path

from stepwell.organisations import views

app_name = "organisations"

urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("switch/", views.switch, name="switch"),
    path("sign-off/", views.sign_offs, name="sign_offs"),
    path("audit/", views.audit_trail, name="audit"),
]
