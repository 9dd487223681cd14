"""Django settings. Everything a person may change comes from the environment, through ``environment.read``."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from stepwell.site import environment, logs

HERE = Path(__file__).resolve().parent
_env = environment.read(os.environ)

# Ours
STEPWELL_DEMO = _env.demo
STEPWELL_DATA = _env.data
SECOND_FACTOR_REQUIRED = not _env.demo
SESSION_IDLE_SECONDS = 900
SESSION_WARN_SECONDS = 120
SESSION_ABSOLUTE_SECONDS = 43_200
SESSION_TOUCH_SECONDS = 60
DECLARED_ACCESS = "stepwell.site.access.declared_for"

DEBUG = _env.debug
SECRET_KEY = _env.secret_key
ALLOWED_HOSTS = list(_env.hosts)
ROOT_URLCONF = "stepwell.site.urls"
WSGI_APPLICATION = "stepwell.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "stepwell.site",
    "stepwell.organisations",
    "stepwell.people",
    "stepwell.casefinding",
    "stepwell.insight",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "stepwell.site.middleware.loopback_only_in_demo",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stepwell.site.middleware.session_limits",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "stepwell.site.middleware.no_store",
    "stepwell.site.middleware.second_factor",
    "stepwell.organisations.middleware.CurrentMember",
    "axes.middleware.AxesMiddleware",
]

_CONTEXT = ["stepwell.site.context.frame", "django.contrib.messages.context_processors.messages"]
TEMPLATES = [
    {
        "BACKEND": "stepwell.site.templating.Templates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "stepwell.site.templating.environment",
            "context_processors": _CONTEXT,
        },
    },
    # Only for the plain-text templates of packages; our own pages are all Jinja2.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

# The ledger
DATABASES = {"default": dj_database_url.parse(_env.database_url, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Sign-in
AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "stepwell.site.accounts.StaffAccounts"
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {
    "login": "stepwell.site.account_forms.SignInForm",
    "change_password": "stepwell.site.account_forms.NewPasswordForm",
    "reset_password_from_key": "stepwell.site.account_forms.FirstPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# One-time links to choose a password are handed over by an administrator and hold for a day.
PASSWORD_RESET_TIMEOUT = 86_400
# Failed sign-ins are counted by axes, in the database, so that every worker process sees the same count.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
MFA_FORMS = {
    "activate_totp": "stepwell.site.account_forms.FirstCodeForm",
    "authenticate": "stepwell.site.account_forms.CodeForm",
    "reauthenticate": "stepwell.site.account_forms.CodeAgainForm",
}
MFA_ADAPTER = "stepwell.site.accounts.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Stepwell"
MFA_ALLOW_UNVERIFIED_EMAIL = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "stepwell.site.accounts.attempted_name"
AXES_LOCKOUT_CALLABLE = "stepwell.site.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Sessions and cookies. Idle and absolute limits are kept by stepwell.site.middleware.session_limits.
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_NAME = "stepwell_session"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not _env.demo
CSRF_COOKIE_SECURE = not _env.demo
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "stepwell.site.errors.forged"
CSRF_TRUSTED_ORIGINS: list[str] = []

# Headers
SECURE_SSL_REDIRECT = not _env.demo
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _env.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # data: is the QR code of the second factor, made by us.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Uploads: an extract is read from the disk, never from memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = _env.data / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = _env.demo
_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": _STATIC if _env.demo else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Time and language
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

LOGGING = logs.CONFIG
