from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from reporting.audit_verbs import SENTENCES
        from dm_portal.people import audit

        audit.register(SENTENCES)
