"""Django settings. What differs between installations comes from `environment.Environment`."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from iqas.settings.environment import (
    BASE_DIR,
    database_config,
    email_config,
    oidc_apps,
    read_environment,
    storage_config,
)

ENVIRONMENT = read_environment()
PRODUCTION = ENVIRONMENT.production

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = [host.strip() for host in ENVIRONMENT.allowed_hosts.split(",") if host.strip()]
BUILT_FROM = ENVIRONMENT.built_from
BASE_URL = ENVIRONMENT.base_url.rstrip("/")
KEYS_DIR = ENVIRONMENT.keys_dir
METRICS_TOKEN = ENVIRONMENT.metrics_token

ROOT_URLCONF = "iqas.urls"
WSGI_APPLICATION = "iqas.wsgi.application"

INSTALLED_APPS = [
    "modeltranslation",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "iqas.core",
    "iqas.ui",
    "iqas.organisation",
    "iqas.jobs",
    "iqas.accounts",
    "iqas.frameworks",
    "iqas.evidence",
    "iqas.improvement",
    "microcredentials",
    "feedback",
    "iqas.indicators",
    "iqas.dimensions",
    "audits",
    "iqas.dashboard",
    "iqas.api",
    "iqas.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "iqas.core.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "iqas.core.middleware.ReadableRequestMiddleware",
    "feedback.middleware.ForgetVisitorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "iqas.core.middleware.InterfaceLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "iqas.core.middleware.RefusalMiddleware",
    "iqas.core.middleware.PrivateByDefaultMiddleware",
    "iqas.accounts.middleware.SecondFactorMiddleware",
    "iqas.accounts.middleware.ReadOnlyAuditorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["iqas.ui.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "iqas.ui.context.interface",
                "iqas.jobs.context.bell",
            ],
        },
    },
]
FORM_RENDERER = "iqas.ui.form_renderer.FormRenderer"

# --- Data -----------------------------------------------------------------------------------------

DATABASES = {"default": database_config(ENVIRONMENT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BROKER_URL = ENVIRONMENT.broker_url
REDIS_KEY_PREFIX = ENVIRONMENT.key_prefix

_cache_url = ENVIRONMENT.cache_url or BROKER_URL
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_url,
        "KEY_PREFIX": f"{REDIS_KEY_PREFIX}cache",
    }
    if _cache_url
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
}

MEDIA_ROOT = ENVIRONMENT.media_root
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": storage_config(ENVIRONMENT.storage_url),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
UPLOAD_MAX_BYTES = ENVIRONMENT.upload_max_mb * 1024 * 1024
IMPORT_REQUEST_ROWS = ENVIRONMENT.import_request_rows
IMPORT_REQUEST_BYTES = ENVIRONMENT.import_request_kb * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["iqas.core.files.LimitedUploadHandler"]

# --- Jobs -----------------------------------------------------------------------------------------

JOB_LEASE_SECONDS = ENVIRONMENT.job_lease_seconds
JOB_REAPER_SECONDS = ENVIRONMENT.job_reaper_seconds

# --- Languages and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [
    ("es", _("Spanish")),
    ("en", _("English")),
    ("ca", _("Catalan")),
    ("gl", _("Galician")),
    ("eu", _("Basque")),
]
INTERFACE_LANGUAGES = ["es", "en"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "es"
MODELTRANSLATION_LANGUAGES = ("es", "en", "ca", "gl", "eu")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("es", "en")
FORMAT_MODULE_PATH = "iqas.ui.locales"
LOCALE_PATHS = [BASE_DIR / "iqas" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Madrid"
USE_THOUSAND_SEPARATOR = True
LANGUAGE_COOKIE_NAME = "iqas_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = PRODUCTION

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["iqas.accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # an invitation has its own: iqas.accounts.tokens
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "iqas.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "iqas.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
IDP_OIDC_AUTH_METHODS = [
    "client_secret_basic",
    "client_secret_post",
]  # of machines; see iqas.accounts.machines
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "IQAS"
MFA_FORMS = {
    "add_webauthn": "iqas.accounts.forms_keys.AddKeyForm",
    "edit_webauthn": "iqas.accounts.forms_keys.EditKeyForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False  # a write on every request, for a time that nobody needs
REQUIRE_SECOND_FACTOR = ENVIRONMENT.require_second_factor
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": oidc_apps(ENVIRONMENT.oidc_provider)}}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SIGN_IN_ORIGINS = [
    f"{urlsplit(app['settings']['server_url']).scheme}://{urlsplit(app['settings']['server_url']).netloc}"
    for app in SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
]
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_ONLY = False

# --- Browser security -----------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "iqas_session"
CSRF_COOKIE_NAME = "iqas_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "iqas.core.error_views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if PRODUCTION else []
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trusted_proxies else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *SIGN_IN_ORIGINS],
        "frame-ancestors": [NONE],
    }
}

# --- Messages out ---------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.email_from
vars().update(email_config(ENVIRONMENT.email_url))
SAFEGUARDING_EMAIL = ENVIRONMENT.safeguarding_email

# --- Forms, lists, API ----------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "ui/table.html"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "iqas.api.authentication.MachineAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["iqas.api.permissions.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["iqas.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "iqas.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "iqas.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "IQAS",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "MicroCredentialState": "microcredentials.models.MicroCredential.State",
        "VersionStage": "microcredentials.models.MicroCredentialVersion.Stage",
        "ModeEnum": "microcredentials.models.MicroCredentialVersion.Mode",
        "EditionState": "microcredentials.models.Edition.State",
        "EnrolmentState": "microcredentials.models.Enrolment.State",
        "SubmissionState": "microcredentials.models.Submission.State",
        "AgreementState": "microcredentials.models.Agreement.State",
        "PartnerKind": "microcredentials.models.Partner.Kind",
        "OutcomeKind": "microcredentials.models.LearningOutcome.Kind",
        "TeacherRole": "microcredentials.models.Teacher.Role",
        "ParticipationRole": "microcredentials.models.Participation.Role",
        "KindOfChange": "microcredentials.models.Change",
        "CampaignState": "feedback.models.Campaign.State",
        "CampaignMode": "feedback.models.Campaign.Mode",
        "ItemKind": "feedback.models.Item.Kind",
        "ComplaintState": "feedback.models.Complaint.State",
        "ComplaintKind": "feedback.models.Complaint.Kind",
        "ConsultationKind": "feedback.models.Consultation.Kind",
    },
}

# --- Log ------------------------------------------------------------------------------------------

from iqas.settings.logs import configure_logs  # noqa: E402

LOGGING = configure_logs(ENVIRONMENT.log_level, as_json=PRODUCTION)

if ENVIRONMENT.sentry_dsn:
    from iqas.settings.errors import report_errors

    report_errors(ENVIRONMENT.sentry_dsn, environment=ENVIRONMENT.env)
