"""Which mails come to oneself and when: the page of the account, and the link in every mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dm_portal.people import preferences, services
from dm_portal.people.account_forms import MailsForm
from dm_portal.people.categories import Rhythm
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.forms import render_form


@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: HttpRequest) -> HttpResponse:
    form = MailsForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_mails(person=request.user, by=request.user, **form.changes())
        except Conflict:
            form.show_conflict(form.stored(), by="Another page or a link in a mail")
        else:
            messages.success(request, "Your choice is saved.")
            return redirect("account_mails")
    always = [each for each in preferences.categories_for(request.user) if each.always_comes]
    return render_form(request, "account/mails.html", form, always=always)


@csrf_exempt  # mail programs press the button (RFC 8058): the token in the address is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscription(request: HttpRequest, token: str) -> HttpResponse:
    """The link in every mail that can be switched off; following it changes nothing yet."""
    if services.open_subscription(token) is None:
        raise Http404
    if request.method == "POST":
        rhythm = request.POST.get("rhythm", Rhythm.NEVER)
        if rhythm == Rhythm.NEVER:
            services.unsubscribe(token=token)
        else:
            _subscribe_again(token, rhythm)
    # no redirect after a POST: mail programs follow none
    context = {"subscription": services.open_subscription(token)}
    return render(request, "account/unsubscription.html", context)


def _subscribe_again(token: str, rhythm: str) -> None:
    try:
        services.subscribe_again(token=token, rhythm=rhythm)
    except DomainError as error:  # none of the page's buttons
        raise Http404 from error
