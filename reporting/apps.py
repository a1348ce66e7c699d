from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from dm_portal.people import audit
        from engagements import standing
        from reporting.audit_verbs import COMMON, SENTENCES
        from reporting.statuses import annotate_standing

        audit.register(SENTENCES, common=COMMON)
        standing.told_by(annotate_standing)
