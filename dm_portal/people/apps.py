from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dm_portal.people"
    label = "people"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from dm_portal.people import audit
        from dm_portal.people.audit_verbs import SENTENCES

        audit.register(SENTENCES)
