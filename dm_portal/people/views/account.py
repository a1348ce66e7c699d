"""One's own address, and how one came in: what allauth leaves to us."""

from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dm_portal.people import services
from dm_portal.people.account_forms import AcceptInvitationForm, EmailChangeForm
from dm_portal.shell.forms import render_form


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="manage_email")
def email_change(request: HttpRequest) -> HttpResponse:
    """Ask for another address. The page says the same whether the new one is taken or not."""
    form = EmailChangeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        services.ask_email_change(email=form.cleaned_data["email"], by=request.user)
        sentence = f"A letter is on its way to {form.cleaned_data['email']}. Follow its link."
        messages.success(request, sentence)
        return redirect("account_email")
    return render_form(request, "account/email_change.html", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the new address; its owner is signed in as who asked."""
    try:
        address = services.new_address(token=token, by=request.user)
        if request.method == "POST":
            services.change_email(token=token, by=request.user)
            messages.success(request, f"Your address is {address} now.")
            return redirect("account_email")
    except services.EmailChangeGone:
        return render(request, "account/email_gone.html", status=404)
    return render(request, "account/email_confirm.html", {"address": address})


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """The link in an invitation: choose a password and be in; whoever has one signs in as usual."""
    invitation = services.open_invitation(token)
    if invitation is None:
        return render(request, "account/invitation_gone.html", status=404)
    known = invitation.user.is_active
    form = None if known else AcceptInvitationForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and (form is None or form.is_valid()):
        password = form.cleaned_data["password"] if form else ""
        try:
            person = services.accept_invitation(token=token, password=password)
        except services.InvitationGone:
            return render(request, "account/invitation_gone.html", status=404)
        return redirect("/") if known else perform_login(request, person)
    context = {"invitation": invitation}
    if form is None:
        return render(request, "account/invitation_known.html", context)
    return render_form(request, "account/invitation.html", form, **context)
