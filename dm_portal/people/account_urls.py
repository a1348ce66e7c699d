"""The pages of signing in and of one's own account, under `/accounts/`.

allauth offers more than these; each one here has a purpose, and a place in the access matrix.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as usersessions
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, re_path

from dm_portal.people import services
from dm_portal.people.views import account as own
from dm_portal.people.views import mails

View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """A page of allauth's that answers as ours do: an invalid form is a 422."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and form is not None and form.errors:
            response.status_code = 422
        return response

    return answer


def second_step(view: View) -> View:
    """A page that changes a second step: what it did is recorded in the same transaction."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before = services.second_steps(request.user)
            response = view(request, *args, **kwargs)
            services.note_two_step(person=request.user, before=before)
        return response

    return page(answer)


urlpatterns = [
    path("login/", page(account.login), name="account_login"),
    path("logout/", page(account.logout), name="account_logout"),
    path("reauthenticate/", page(account.reauthenticate), name="account_reauthenticate"),
    path("email/", own.email_change, name="account_email"),
    path("email/<str:token>/", own.email_confirmation, name="account_email_confirmation"),
    path("mails/", mails.mails, name="account_mails"),
    path("mails/<str:token>/", mails.unsubscription, name="account_unsubscribe"),
    path("password/change/", page(account.password_change), name="account_change_password"),
    path("password/reset/", page(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        page(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[a-z2-7]{10})-(?P<key>.+)/$",
        page(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        page(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", page(usersessions.list_usersessions), name="usersessions_list"),
    path("2fa/", page(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", page(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", page(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", second_step(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", second_step(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        page(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        second_step(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        page(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
