from django.apps import AppConfig


class PodsConfig(AppConfig):
    name = "pods"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from dm_portal.people import audit
        from pods.audit_verbs import SENTENCES

        audit.register(SENTENCES)
