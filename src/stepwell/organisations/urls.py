"""Addresses of an organisation's own pages."""

from django.urls import path

from stepwell.organisations.views import audit, grants, members, organisation, sign_offs

app_name = "organisations"

urlpatterns = [
    path("", organisation.show, name="organisation"),
    path("switch/", organisation.switch, name="switch"),
    path("members/add/", members.add, name="add_member"),
    path("members/<uuid:pk>/end/", members.end, name="end_member"),
    path("members/<uuid:pk>/password-link/", members.password_link, name="password_link"),
    path("grants/give/", grants.give, name="give_grant"),
    path("grants/<uuid:pk>/take-back/", grants.take_back, name="take_back_grant"),
    path("sign-off/", sign_offs.show_all, name="sign_offs"),
    path("sign-off/<slug:table>/", sign_offs.sign, name="sign"),
    path("audit/", audit.show, name="audit"),
]
