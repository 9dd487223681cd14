"""Every address of the site. Each view says who may open it; ``site.access`` says it for packages' views."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path, re_path

from stepwell.site import facts, views
from stepwell.site.paste.views import paste

handler400 = "stepwell.site.errors.bad_request"
handler403 = "stepwell.site.errors.refused"
handler404 = "stepwell.site.errors.missing"
handler500 = "stepwell.site.errors.broken"

# Chosen one by one: signing up, resetting by e-mail and passkeys are not offered.
account_patterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    re_path(
        r"^choose-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password-chosen/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
    path("second-factor/", mfa.index, name="mfa_index"),
    path("second-factor/code/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/set-up/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/recovery-codes/new/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]

about_patterns = [
    path("numbers/", views.how_numbers, name="how_numbers"),
    path("intended-use/", views.intended_use, name="intended_use"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("unverified/", facts.unverified, name="unverified"),
    path("unverified/<slug:table>/", facts.unverified_table, name="unverified_table"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("try/", paste, name="paste"),
    path("health/", views.health, name="health"),
    path("session/", views.session, name="session"),
    path("session-expired/", views.session_expired, name="session_expired"),
    path("account/", include(account_patterns)),
    path("about/", include(about_patterns)),
    path("organisation/", include("stepwell.organisations.urls")),
    path("prescribing/", include("stepwell.insight.urls")),
    path("people/", include("stepwell.casefinding.record.urls")),
    path("", include("stepwell.casefinding.urls")),
]
