from django.apps import AppConfig


class EngagementsConfig(AppConfig):
    name = "engagements"

    def ready(self) -> None:
        # Models are there only now; the audit module and policies need them.
        from dm_portal.people import audit
        from dm_portal.people.policies import contacts_are_invited_by
        from engagements.audit_verbs import COMMON, DECISIONS, SENTENCES
        from engagements.policies import can_invite_again

        audit.register(SENTENCES, common=COMMON, decisions=DECISIONS)
        contacts_are_invited_by(can_invite_again)
