"""Questions about what was published: the customer asks beside a paragraph, we answer there."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from engagements.models import Engagement
from engagements.views.doors import find_engagement, posted, require
from engagements.views.owed import owed_page
from engagements.views.records import acts_of
from engagements.views.saving import saved
from reporting import policies, questions, statuses
from reporting.filters import QuestionFilter
from reporting.models import Question, ReportRevision
from reporting.question_forms import QuestionAnswerForm, QuestionForm
from reporting.services.letters import path_of
from reporting.services.questions import answer_question, ask_question
from reporting.views.asks import find_readable

ASKED = [
    Column("About", "quote", is_long=True),
    Column("Asked", "asked_at", kind="instant", note=lambda row: f"by {row.asked_by.name}"),
    Column("Answer", lambda row: row.answer or None, missing="none yet", is_long=True),
]
THEIRS = [
    Column("Question", "text", url=lambda row: _place(row), is_long=True),
    *ASKED,
]
OURS = [
    Column("Question", "text", url=Question.get_absolute_url, is_long=True),
    *ASKED,
]


@require_safe
def status_question_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Whatever was asked about the statuses of an engagement, what waits for an answer first."""
    engagement = find_readable(request, ref)
    return render_list(
        request,
        "status/question_list.html",
        _questions(request, engagement),
        columns=THEIRS,
        caption="Questions",
        filename="questions.csv",
        filterset_class=QuestionFilter,
        place=statuses.place_of(engagement, request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def status_question_create(request: HttpRequest, ref: str, said: str, place: str) -> HttpResponse:
    """A question about one paragraph of what was published."""
    engagement = find_readable(request, ref)
    revision = _revision(request, engagement, said)
    quote = questions.quote_at(revision, place)
    if not quote:
        raise Http404("There is no such paragraph.")
    require(policies.can_ask_questions(request.user))
    form = QuestionForm(posted(request))
    what = {"revision": revision, "place": place, "quote": quote, "by": request.user}
    if question := saved(form, ask_question, **what):
        messages.success(request, "Your question is asked; the answer will stand beside it.")
        return redirect(_back(request, question))
    page = {"quote": quote, "back": path_of(revision)}
    page |= {"place": statuses.place_of(engagement, request.user)}
    return render_form(request, "status/question.html", form, **page)


@require_safe
def question_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Whatever the customer asked about the statuses, what waits for an answer first."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "reporting/question_list.html",
        _questions(request, engagement),
        columns=OURS,
        caption=f"Questions about {engagement}",
        filename="questions.csv",
        filterset_class=QuestionFilter,
        **owed_page(request, engagement, "questions"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def question_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """One question, and the answer of whoever leads the engagement."""
    engagement = find_engagement(request, ref)
    question = get_object_or_404(_questions(request, engagement), number=number)
    may_answer = policies.can_answer_question(request.user, engagement)
    if request.method == "POST":
        require(may_answer)
    form = QuestionAnswerForm(posted(request), version=question.version)
    stored = _questions(request, engagement).filter(pk=question.pk)
    if saved(form, answer_question, question=stored.get(), by=request.user, theirs=stored.get):
        messages.success(request, "The answer stands beside the question.")
        return redirect(question)
    crumb = Crumb("Questions", reverse("question_list", args=[ref]))
    page = owed_page(request, engagement, "questions", crumb)
    page |= {"row": question, "may_answer": may_answer and question.is_open}
    page |= {"acts": acts_of(request, engagement, question), "url": _place(question)}
    return render_form(request, "reporting/question_detail.html", form, **page)


def _questions(request: HttpRequest, engagement: Engagement) -> QuerySet[Question]:
    rows = Question.objects.visible_to(request.user).filter(engagement=engagement)
    rows = rows.select_related("asked_by", "answered_by", "engagement__customer")
    rows = rows.select_related("revision__report__engagement", "revision__report__period")
    return rows.defer("revision__html", "revision__text")


def _revision(request: HttpRequest, engagement: Engagement, said: str) -> ReportRevision:
    """The revision that ``said`` names, see ``questions.name_of``; 404 where there is none."""
    try:
        named = questions.columns_named(said)
    except ValueError as error:
        raise Http404 from error
    revisions = ReportRevision.objects.visible_to(request.user)
    revisions = revisions.filter(report__engagement=engagement, **named)
    return get_object_or_404(revisions.select_related("report__engagement", "report__period"))


def _back(request: HttpRequest, question: Question) -> str:
    """Where it was asked: on the page of the last status, or on that of an earlier one."""
    engagement = question.engagement
    said = ReportRevision.objects.visible_to(request.user).filter(report__engagement=engagement)
    last = said.newest_first().values_list("pk", flat=True).first()
    if last != question.revision_id:
        return _place(question)
    page = reverse("status_detail", args=[engagement.ref])
    return f"{page}#beside-{question.place}"


def _place(question: Question) -> str:
    """The paragraph that a question is about."""
    return f"{path_of(question.revision)}#beside-{question.place}"
