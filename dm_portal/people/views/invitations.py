"""Inviting one of us, and what becomes of an invitation."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from dm_portal.people import policies, services
from dm_portal.people.forms import InvitationForm
from dm_portal.people.models import Invitation
from dm_portal.people.views.answers import attempt, require
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import render_form


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: HttpRequest) -> HttpResponse:
    require(policies.can_invite_internal(request.user))
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = services.invite_internal(by=request.user, **form.changes())
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("person_detail", invitation.user.ref)
    return render_form(request, "people/invitation_create.html", form)


@require_POST
def invitation_revocation(request: HttpRequest, ref: str) -> HttpResponse:
    invitation = _invitation(request, ref)
    act = partial(services.revoke_invitation, invitation=invitation, by=request.user)
    attempt(request, act, "The invitation is taken back: its link does not work any more.")
    return _back(request, invitation)


@require_POST
def invitation_renewal(request: HttpRequest, ref: str) -> HttpResponse:
    invitation = _invitation(request, ref)
    act = partial(services.renew_invitation, invitation=invitation, by=request.user)
    attempt(request, act, f"A new invitation is on its way to {invitation.user.email}.")
    return _back(request, invitation)


def _invitation(request: HttpRequest, ref: str) -> Invitation:
    invitations = Invitation.objects.visible_to(request.user).select_related("user")
    invitation = get_object_or_404(invitations, ref=ref)
    require(policies.can_change_invitation(request.user, invitation))
    return invitation


def _back(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """To the page whose button it was: a DM's list of contacts names itself in ``next``."""
    page = request.POST.get("next", "")
    # redirect() would take the name of a route or of a Python object for a page too
    if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return HttpResponseRedirect(page)
    return redirect("person_detail", invitation.user.ref)
