"""`/audit/`: the whole record, in sentences, for auditors and directors."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from dm_portal.people import audit, policies
from dm_portal.people.filters import AuditFilter
from dm_portal.people.models import AuditEvent
from dm_portal.people.views.answers import require
from dm_portal.shell.lists import Column, render_list

COLUMNS = [
    Column("What happened", audit.sentence, note=audit.note),
    Column("When", "occurred_at", kind="instant"),
    Column("From where", "origin", missing="—"),
]
CSV_COLUMNS = [*COLUMNS, Column("Changes", audit.changes)]


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    require(policies.can_read_audit(request.user))
    return render_list(
        request,
        "people/audit_list.html",
        AuditEvent.objects.visible_to(request.user),
        columns=CSV_COLUMNS if request.GET.get("format") == "csv" else COLUMNS,
        caption="Record",
        filename="record.csv",
        filterset_class=AuditFilter,
    )
