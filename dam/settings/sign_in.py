"""Settings of accounts: passwords, second factors, passkeys, and the providers of companies."""

from dam import environment as env

AUTH_USER_MODEL = "dam.User"
AUTHENTICATION_BACKENDS = ["dam.web.signin.OwnAddressBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "dam.accounts.passwords.MinimumLengthValidator"},
    {"NAME": "dam.accounts.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = env.words("PASSWORD_HASHERS", "django.contrib.auth.hashers.PBKDF2PasswordHasher")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "dam.web.signin.InvitedOnlyAdapter"
ACCOUNT_FORMS = {
    "change_password": "dam.web.signin_forms.ChangePasswordForm",
    "reauthenticate": "dam.web.signin_forms.ReauthenticateForm",
    "reset_password": "dam.web.signin_forms.ResetPasswordForm",
    "reset_password_from_key": "dam.web.signin_forms.NewPasswordForm",
    "user_token": "dam.accounts.reset_links.ResetKeyForm",
}
SOCIALACCOUNT_ADAPTER = "dam.web.company.adapter.CompanyAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "dam.web.company.openid.OpenIDProvider",
        "OAUTH_PKCE_ENABLED": True,
    },
    "saml": {"provider_class": "dam.web.company.saml.CompanySAMLProvider"},
}
# A link, not a form: what the provider redirects a form to, the content security policy would have to name.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # whose account an address is dam.sso.joining decides
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# A provider of OpenID Connect beside those of the administration.
OIDC_ISSUER = env.text("OIDC_ISSUER").rstrip("/")
OIDC_NAME = env.text("OIDC_NAME")  # on the button: "Sign in with …"
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_ID"), env.text("OIDC_CLIENT_SECRET")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_DOMAINS = [domain.lower() for domain in env.words("OIDC_DOMAINS")]  # whose addresses it speaks for
OIDC_VOUCHES_FOR_ADDRESSES = env.flag("OIDC_VOUCHES_FOR_ADDRESSES", default=False)
# Hosts of providers that may be in a private network, and the CA that signs their certificates.
SIGN_IN_PRIVATE_HOSTS = [host.lower() for host in env.words("SIGN_IN_PRIVATE_HOSTS")]
SIGN_IN_CA_BUNDLE = env.text("SIGN_IN_CA_BUNDLE")
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# A key is an account as tried from one address (dam/web/signin.py). Behind one address may be a company.
# Of guesses: an account as tried from a device that is known, or from all others together.
# Mails to choose a new password: each link stays good, so fewer lock nobody out, and strangers get few.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "5/5m/key",
    "login_failed_address": "60/m/ip",
    "login_failed_known": "5/5m/key",
    "login_guessed": "20/h/key",
    "reset_password": "60/h/ip,5/h/key",
    "mail_test": "10/m/user",
    "reauthenticate": "10/m/user",
    # What somebody shows whoever follows them through a review: a page tells it six times a second at most.
    "lead": "600/m/user",
    # Codes of the second factor, of one account: of whoever knows its password already.
    "second_factor": "5/5m/key,20/h/key",
    "setup_mail_test": "10/m/key",
    # People from outside: links that are tried, codes and passphrases, and codes that are mailed. Of each
    # code a link has five tries besides (provenance/guests/door.py).
    "guest_open": "60/m/ip",
    "guest_try": "60/m/ip,10/5m/key,30/h/key",
    "guest_code": "60/h/ip,5/h/key",
    # What a guest says by one link; whom one person asks to one brand; how often a link is sent again.
    "guest_say": "20/5m/key,100/h/key",
    "guest_attach": "20/5m/key,100/h/key",
    "guest_react": "60/5m/key,300/h/key",
    # Streams of their page: one for each load and each return to its tab.
    "guest_here": "60/m/key",
    # The page on which they say that recalled copies are gone: tries from one place, and with one link.
    "guest_recall": "60/m/ip,30/h/key",
    "guest_invite": "60/h/key,200/d/key",
    "guest_again": "5/h/key",
    # Codes for the list of an address: mailed to one address from one place, and in all; one browser's tries.
    "guest_list_code": "60/h/ip,5/h/key",
    "guest_list_mail": "20/h/key,40/d/key",
    "guest_list_try": "60/m/ip,10/5m/key,30/h/key",
    # A directory, by its token; and tries without a valid one.
    "scim": "1200/m/key",
    "scim_refused": "60/m/key",
}
MFA_ADAPTER = "dam.web.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "dam.web.second_factor_forms.CodeForm",
    "reauthenticate": "dam.web.second_factor_forms.ConfirmCodeForm",
    "activate_totp": "dam.web.second_factor_forms.ActivateAppForm",
    "login_webauthn": "dam.web.second_factor_forms.PasskeySignInForm",
    "add_webauthn": "dam.web.second_factor_forms.AddPasskeyForm",
    "edit_webauthn": "dam.web.second_factor_forms.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey stands for the password, too, so the device must have asked for its PIN, face or finger.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Reelproof"
MFA_TOTP_TOLERANCE = 1  # clocks of phones are half a minute off; no code is taken twice all the same
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}  # each sign-in takes two; nothing can be guessed
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Reelproof] "
