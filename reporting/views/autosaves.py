"""A draft that is saved while it is being typed: the page goes on, and is told how it went."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from dm_portal.shell.components import Key
from engagements.views.saving import saved
from reporting import editor
from reporting.forms import TypedSoFar
from reporting.models import Report

# What static/js/draft.js listens to.
KEYS = (
    Key(("Ctrl", "S"), "Save the draft"),
    Key(("Ctrl", "Enter"), "Publish it"),
    Key(("j", "k"), "The next paragraph, the one before"),
    Key(("Alt", "↓", "↑"), "The same while writing"),
    Key(("Enter",), "The facts of a paragraph, and other words for it"),
)
CALL_WAITS = "but for your call: say why it is better than the rules’."


def is_typing(request: HttpRequest) -> bool:
    """Whether the page sends what was typed by itself; nobody pressed a button."""
    return "X-Typing" in request.headers


def answer_typing(
    request: HttpRequest, form: TypedSoFar, service: Callable[..., Any], report: Report
) -> HttpResponse:
    """Save it by the service of the button. The answer has ``words`` for whoever types, and the
    ``version`` that the next save is over: 409 where somebody else was faster, 422 where it
    cannot be saved as it is.
    """
    what = {"report": report, "by": request.user, "goes_on": True}
    if saved(form, service, theirs=stored_report(report), **what) is None:
        status = 409 if form.conflict else 422
        return JsonResponse({"words": _trouble(form)}, status=status)
    words = editor.last_save(report).words
    words = f"{words}, {CALL_WAITS}" if form.call_waits else words
    return JsonResponse({"words": words, "version": report.version})


def _trouble(form: TypedSoFar) -> str:
    if form.conflict:
        who = form.conflict.by or "Somebody else"
        return (
            f"Not saved: {who} saved this while you were writing. Nothing you typed is lost: "
            "Save shows both."
        )
    return "Not saved yet: " + " ".join(str(each[0]) for each in form.errors.values())


def stored_report(report: Report) -> Callable[[], Report]:
    """Reads what is stored by now, for whoever saved second."""
    found = Report.objects.select_related("engagement", "period", "saved_by")
    return lambda: found.get(pk=report.pk)
