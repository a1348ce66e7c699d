from django.apps import AppConfig


class EngagementsConfig(AppConfig):
    name = "engagements"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from dm_portal.people import audit
        from engagements.audit_verbs import COMMON, SENTENCES

        audit.register(SENTENCES, common=COMMON)
