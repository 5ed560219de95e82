"""Settings for every deployment: defaults for one machine, overridden by the environment.

The table in README.md lists the variables. Nothing else in the code asks where it runs. Those of a theme that
needs nothing of the rest have a module of their own: signing in, queues, logs and metrics.
"""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dam import environment as env
from dam.core.content_policy import part_sources
from dam.embedded import postgres as embedded_postgres
from dam.embedded import valkey as embedded_valkey
from dam.settings.logs import *
from dam.settings.queues import *
from dam.settings.sign_in import *

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
SCRATCH_DIR = DATA_DIR / "scratch"

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # earlier ones, newest first
# Loopback always: from there the container's own check asks, and no link is made of a Host header.
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# The address people use, for links that leave the page: mails, manifests.
PUBLIC_URL = env.text("PUBLIC_URL", f"http://localhost:{env.text('PORT', '8000')}").rstrip("/")
# Webhooks may go to this machine, and without TLS: while developing, and never elsewhere.
WEBHOOKS_LOCAL = DEBUG
HTTPS = PUBLIC_URL.startswith("https://")
# How many proxies stand in front, each of which adds to X-Forwarded-For; 0: its headers are not believed.
BEHIND_PROXY = env.count("BEHIND_PROXY")
# A demo brand with known passwords: its sign-in page lists them. Never on by itself.
DEMO = env.flag("DEMO", default=False)
# Whether an installation without people shows the page that sets it up.
SETUP = env.flag("SETUP", default=True)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "lucide",
    "csp",
    "dam",
    "provenance",
    "generation",
]

MIDDLEWARE = [
    "dam.web.middleware.ReleaseConnectionMiddleware",
    "dam.web.requests.RequestIdMiddleware",
    "dam.web.input.StorableAddressMiddleware",
    "dam.web.refusal_log.LogRefusalsMiddleware",
    "dam.web.tus.TusMiddleware",
    "dam.web.middleware.PrivatePagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dam.web.compression.CompressPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "dam.web.setup.gate.SetupMiddleware",
    "dam.web.middleware.CurrentBrandMiddleware",  # before the next one: a token needs no form's token
    "django.middleware.csrf.CsrfViewMiddleware",
    "dam.web.input.StorableFormMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dam.web.localisation.LocalisationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dam.web.middleware.RefusedMiddleware",
    "dam.web.last_seen.LastSeenMiddleware",
]

ROOT_URLCONF = "dam.urls"
ASGI_APPLICATION = "dam.asgi.application"
TEMPLATE_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # While somebody works on the templates, each page reads them anew.
            "loaders": TEMPLATE_LOADERS
            if DEBUG
            else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "dam.web.context_processors.frame",
            ],
            "libraries": {
                "ui_tags": "dam.web.templatetags.ui_tags",
                "pieces": "dam.web.templatetags.pieces",
                "signin": "dam.web.templatetags.signin",
                "demo_brand": "dam.web.templatetags.demo_brand",
                "account_menu": "dam.web.templatetags.account",
                "administration": "dam.web.templatetags.administration",
            },
        },
    },
    {
        "NAME": "jinja",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja"],
        "OPTIONS": {"environment": "dam.web.jinja.environment", "auto_reload": DEBUG},
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL") or embedded_postgres.url(DATA_DIR, user=embedded_postgres.APPLICATION_USER),
        conn_health_checks=True,
    )
}
DATABASE_IS_EMBEDDED = not env.text("DATABASE_URL")
# The role that may work with rows alone (dam/core/roles.py). With a server of one's own, the one that
# DATABASE_URL names wherever nothing is migrated.
DATABASE_APPLICATION_ROLE = env.text(
    "DATABASE_APPLICATION_ROLE", embedded_postgres.APPLICATION_USER if DATABASE_IS_EMBEDDED else ""
)
# psycopg's own pool: connections outlive requests without pinning one to each thread (0: no pool).
DATABASE_POOL_SIZE = env.number("DATABASE_POOL_SIZE", 8)
if DATABASE_POOL_SIZE:
    pool = {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": 10}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = pool
# Beside these, for what is read at the same time within one request (dam/core/side_by_side.py); 0: never.
DATABASE_SIDE_CONNECTIONS = env.number("DATABASE_SIDE_CONNECTIONS", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env.text("BROKER_URL", embedded_valkey.url(DATA_DIR))
# Cache and events: the broker's own server unless told otherwise. Celery spells a Unix socket its own way.
CACHE_URL = env.text("CACHE_URL", BROKER_URL.replace("redis+socket://", "unix://", 1))
CACHES = {
    "default": {
        "BACKEND": "dam.core.patient_cache.PatientCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "plain",  # apart from what earlier versions pickled
    },
    # The same, for what processes tell each other: it raises when the server is away.
    "shared": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "plain",
        "OPTIONS": {
            "socket_timeout": 2.0,
            "socket_connect_timeout": 2.0,
            "serializer": "dam.core.cache_values.PlainValues",
        },
    },
}

CELERY_BROKER_URL = BROKER_URL  # the rest is in queues.py

# Where files are kept (dam/core/storage): a folder, or s3://bucket/prefix.
STORAGE = env.text("STORAGE", str(DATA_DIR / "storage"))
S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL")  # empty: Amazon's
S3_REGION = env.text("S3_REGION")
# Where browsers reach the bucket. When set, large downloads come from there and not through us.
S3_PUBLIC_URL = env.text("S3_PUBLIC_URL").rstrip("/")
# Whether browsers send the parts of an upload straight to it (docs/uploads.md).
S3_DIRECT_UPLOADS = env.flag("S3_DIRECT_UPLOADS", default=True)
# All that scripts may reach beside us: the one folder of the bucket that parts are put into.
PART_SOURCES = part_sources(STORAGE, public_url=S3_PUBLIC_URL) if S3_DIRECT_UPLOADS else []
# Below which address nginx finds the storage folder, to send files itself when we say so (X-Accel-Redirect).
ACCEL_REDIRECT = env.folder_address("ACCEL_REDIRECT")
if ACCEL_REDIRECT and STORAGE.startswith("s3://"):
    raise ImproperlyConfigured("ACCEL_REDIRECT is for a storage folder: from a bucket nginx sends nothing.")
# No "default": what is kept goes through dam.core.storage, and Django's own way to files stays shut.
STORAGES = {"staticfiles": {"BACKEND": "dam.web.static.ModuleStaticFilesStorage"}}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True

# Uploads arrive in pieces (dam/ingest/uploads.py), so no request needs to be large.
UPLOAD_CHUNK_BYTES = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_CHUNK_BYTES  # a piece is held in memory once, and not written twice
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 25 * 1024 * 1024  # of one file at a comment
APPROVAL_MAX_BYTES = 60 * 1024 * 1024  # of all documents that one approval sends at once
SHEET_MAX_BYTES = 20 * 1024 * 1024  # of a CSV file of clips; its page says so, and dam.bulk.sheets
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100_000  # each clip that was chosen is one
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 50 * 1024**3)
# What one person, and one brand, may have under way at once: files, and bytes as announced.
UPLOADS_PER_PERSON = env.number("UPLOADS_PER_PERSON", 100)
UPLOADS_PER_BRAND = env.number("UPLOADS_PER_BRAND", 500)
UPLOAD_BYTES_PER_PERSON = env.number("UPLOAD_BYTES_PER_PERSON", 4 * UPLOAD_MAX_BYTES)
UPLOAD_BYTES_PER_BRAND = env.number("UPLOAD_BYTES_PER_BRAND", 16 * UPLOAD_MAX_BYTES)
if STORAGE.startswith("s3://") and UPLOAD_MAX_BYTES > 10_000 * UPLOAD_CHUNK_BYTES:
    raise ImproperlyConfigured("In a bucket UPLOAD_MAX_BYTES is at most 83886080000: 10,000 parts of 8 MiB.")
# Kept free on the disk of storage and of scratch while a file grows.
DISK_RESERVE_BYTES = env.number("DISK_RESERVE_BYTES", 512 * 1024**2)
# The public verify page: the largest file, and how many one address may send in an hour.
VERIFY_MAX_BYTES = env.number("VERIFY_MAX_BYTES", 2 * 1024**3)
# All that strangers' files may take at once: while they arrive, and while they wait to be read.
VERIFY_SPOOL_BYTES = env.number("VERIFY_SPOOL_BYTES", 4 * VERIFY_MAX_BYTES)
# Whether it takes addresses, too, which a worker fetches; how large what is there may be.
VERIFY_ADDRESSES = env.flag("VERIFY_ADDRESSES", default=True)
VERIFY_ADDRESS_MAX_BYTES = env.number("VERIFY_ADDRESS_MAX_BYTES", 256 * 1024**2)
VERIFY_PER_HOUR = env.number("VERIFY_PER_HOUR", 60)

FFMPEG_BINARY = env.text("FFMPEG_BINARY")  # empty: the one that imageio-ffmpeg brings
# The least likeness (VMAF, 0 to 100) of a review proxy to its master; below, it is made again once, at a
# higher rate. 0 measures nothing.
PROXY_QUALITY_FLOOR = env.number("PROXY_QUALITY_FLOOR", default=80)
# The same of a movie made by a download preset to its release; a preset's own limit of the rate holds
# all the same.
DOWNLOAD_QUALITY_FLOOR = env.number("DOWNLOAD_QUALITY_FLOOR", default=80)
# How long a download format is kept that nobody asks for any more; it is made again when somebody does.
DOWNLOAD_FORMATS_KEPT_DAYS = env.number("DOWNLOAD_FORMATS_KEPT_DAYS", default=30)
GENERATOR_MODEL = env.text("GENERATOR_MODEL", str(BASE_DIR / "generation/previz/weights/previz-dit"))
# Whether clips are listened to and read; a file's own subtitles are read in any case.
RECOGNITION = env.flag("RECOGNITION", default=True)
# A folder with a faster-whisper model; without one the bundled model, which knows English.
SPEECH_MODEL = env.text("SPEECH_MODEL", "")
ENCODER_MODEL = env.text("ENCODER_MODEL", str(BASE_DIR / "generation/footage/weights/reelproof-clip"))
# Which searches found nothing is counted for those who run a brand, without who searched.
LOG_FRUITLESS_SEARCHES = env.flag("LOG_FRUITLESS_SEARCHES", default=True)
WARM_UP = env.flag("WARM_UP", default=True)  # a worker loads the encoder as it starts
MODELS_DIR = Path(env.text("MODELS_DIR", str(DATA_DIR / "models")))  # what is fetched from MODEL_HUB
MODEL_HUB = env.text("MODEL_HUB", "https://huggingface.co")
MODEL_HUB_TOKEN = env.text("MODEL_HUB_TOKEN", "")  # for models that the hub gives to people who agreed alone
NONCOMMERCIAL_MODELS = env.flag("NONCOMMERCIAL_MODELS", default=False)

# Signing. With nothing set, a development CA is made in SIGNING_DIR on first use.
SIGNING_DIR = Path(env.text("SIGNING_DIR", str(DATA_DIR / "signing")))
SIGNING_GENERATOR_CHAIN = env.text("SIGNING_GENERATOR_CHAIN")
SIGNING_GENERATOR_KEY = env.text("SIGNING_GENERATOR_KEY")
SIGNING_GENERATOR_COMMAND = env.text("SIGNING_GENERATOR_COMMAND")
SIGNING_REVIEWER_CHAIN = env.text("SIGNING_REVIEWER_CHAIN")
SIGNING_REVIEWER_KEY = env.text("SIGNING_REVIEWER_KEY")
SIGNING_REVIEWER_COMMAND = env.text("SIGNING_REVIEWER_COMMAND")
# Keys that seal the audit trail, newest first. With nothing set, one is made in SIGNING_DIR on first use.
AUDIT_KEYS = env.words("AUDIT_KEY")
# The secret of invisible watermarks. With nothing set, one is made in SIGNING_DIR on first use.
WATERMARK_KEY = env.text("WATERMARK_KEY")
TRUST_ANCHORS = env.words("TRUST_ANCHORS")  # PEM files trusted beside the signer's own root
# An authority (RFC 3161) that is asked for a timestamp of each signature; none by default. Believed are those
# on C2PA's list of August 2026, unless that is off, and those in further PEM files.
TIMESTAMP_URL = env.text("TIMESTAMP_URL")
if TIMESTAMP_URL and not TIMESTAMP_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("TIMESTAMP_URL must begin with https:// or http://.")
TIMESTAMP_LIST = env.flag("TIMESTAMP_LIST", default=True)
TIMESTAMP_ANCHORS = env.words("TIMESTAMP_ANCHORS")

# By default nothing is sent: what must not be lost becomes a file that nobody else on the machine can read.
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
# Whether the environment says how mails leave. Else a page may (dam/accounts/mail_senders.py).
EMAIL_IS_SET = bool(env.text("EMAIL_HOST") or env.text("EMAIL_SENDER"))
EMAIL_SENDER = env.text("EMAIL_SENDER")  # smtp, ses, brevo, mailgun, postmark, resend or sendgrid
if EMAIL_SENDER not in ("", "smtp", "ses", "brevo", "mailgun", "postmark", "resend", "sendgrid"):
    raise ImproperlyConfigured(f"EMAIL_SENDER={EMAIL_SENDER!r} isn't known. README.md lists what is.")
EMAIL_API_KEY = env.text("EMAIL_API_KEY")
EMAIL_DOMAIN, EMAIL_REGION = env.text("EMAIL_DOMAIN"), env.text("EMAIL_REGION")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "dam.accounts.mail_backend.EmailBackend")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_USER"), env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 10  # a page waits for it
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "webmaster@localhost")
EMAIL_FILE_PATH = DATA_DIR / "mail"

# With https a browser takes these names from this host alone: no other below the domain sets or reads them.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-sessionid", "__Host-csrftoken") if HTTPS else ("sessionid", "csrftoken")
)
# From signing in on, however busy somebody is.
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", 14 * 24) * 3600
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "dam.web.signed_out.token_changed"
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 365 * 24 * 3600 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_SUBDOMAINS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *PART_SOURCES],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "en"
# In their own names, as people look for them.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "dam/locale"]
FORMAT_MODULE_PATH = "dam.core.formats"
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

METRICS_DIR = DATA_DIR / "metrics"  # what the processes of this machine count, each in files of its own
