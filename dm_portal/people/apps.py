from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dm_portal.people"
    label = "people"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from dm_portal.people import audit, letters
        from dm_portal.people.audit_verbs import SENTENCES
        from dm_portal.people.own_letters import OWN

        audit.register(SENTENCES)
        for kind, (label, example) in OWN.items():
            letters.register(kind, label, category="security", example=example)
