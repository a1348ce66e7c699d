"""allauth's forms in the portal's words, and our own for address and invitation."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest

from dm_portal.people import preferences
from dm_portal.people.models import User
from dm_portal.people.services import ask_password_reset
from dm_portal.shell.forms import FormMixin, PortalForm, VersionedForm

CHOOSING_HINT = "At least 10 characters: nothing common, not your name, not only digits."


class AccountForm(FormMixin):
    """Labels above the fields instead of placeholders in them."""

    words: ClassVar[dict[str, str]] = {}
    hints: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class LoginForm(AccountForm, account.LoginForm):
    words: ClassVar = {"login": "E-mail address", "password": "Password"}


class ReauthenticateForm(AccountForm, account.ReauthenticateForm):
    words: ClassVar = {"password": "Your password"}


class ChangePasswordForm(AccountForm, account.ChangePasswordForm):
    words: ClassVar = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password again",
    }
    hints: ClassVar = {"password1": CHOOSING_HINT}


class ResetPasswordKeyForm(AccountForm, account.ResetPasswordKeyForm):
    words: ClassVar = {"password1": "New password", "password2": "New password again"}
    hints: ClassVar = {"password1": CHOOSING_HINT}


class ResetPasswordForm(AccountForm, forms.Form):
    """Answers the same for every address; the letter says what is so."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def save(self, request: HttpRequest) -> None:
        ask_password_reset(email=self.cleaned_data["email"])


class UserTokenForm(account.UserTokenForm):
    """Reset links carry the reference of a person, never a primary key."""

    def _get_user(self, uidb36: str) -> User | None:
        return User.objects.active().filter(ref=uidb36).first()


class AuthenticateForm(AccountForm, mfa.AuthenticateForm):
    words: ClassVar = {"code": "Code from your app, or a recovery code"}


class ReauthenticateByCodeForm(AccountForm, mfa.ReauthenticateForm):
    words: ClassVar = {"code": "Code from your app, or a recovery code"}


class ActivateTOTPForm(AccountForm, totp.ActivateTOTPForm):
    words: ClassVar = {"code": "Code that the app shows"}


class AcceptInvitationForm(PortalForm):
    """A first password, typed twice."""

    password = forms.CharField(
        label="Choose a password",
        help_text=CHOOSING_HINT,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned and cleaned.get("again") not in (None, cleaned["password"]):
            self.add_error("again", "This is not the same password.")
        return cleaned


class EmailChangeForm(PortalForm):
    """A new address; the password proves that it is not somebody at an unlocked computer."""

    email = forms.EmailField(
        label="New e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if email == self.user.email.lower():
            raise forms.ValidationError("This is your address already.")
        return email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password


class MailsForm(VersionedForm):
    """When mails of each category come to one; those that always come are not here."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        categories = preferences.categories_for(person)
        self.categories = [each for each in categories if not each.always_comes]
        super().__init__(*args, initial=self.stored(), **kwargs)
        for category in self.categories:
            self.fields[category.name] = forms.ChoiceField(
                label=category.label, help_text=category.words, choices=category.choices
            )

    def stored(self) -> dict[str, Any]:
        """What was chosen up to now."""
        version = preferences.version_of(self.person)
        return preferences.chosen_by(self.person) | {"version": version}

    def changes(self) -> dict[str, Any]:
        rhythms = {each.name: self.cleaned_data[each.name] for each in self.categories}
        return {"version": self.cleaned_data["version"], "rhythms": rhythms}
