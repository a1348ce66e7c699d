"""The article of a revision: rendered once, stored, and served as it was stored."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reporting.customer.values import Status
from reporting.models import ReportRevision


def article_of(status: Status) -> str:
    """The HTML that is stored with a revision."""
    template = "status/update.html" if status.paragraph else "status/report.html"
    return render_to_string(template, {"status": status})


def article(revision: ReportRevision) -> SafeString:
    """The stored HTML of a revision: our own templates escaped it when it was published."""
    return SafeString(revision.html)
