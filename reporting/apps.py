from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Models are there only now; the audit module needs them.
        from dm_portal.people import audit, letters
        from engagements import health, outlook, standing
        from reporting import outlooks, sprint_outlooks
        from reporting.audit_verbs import COMMON, SENTENCES
        from reporting.own_letters import OWN
        from reporting.rule_lines import health_of
        from reporting.statuses import annotate_standing

        audit.register(SENTENCES, common=COMMON)
        standing.told_by(annotate_standing)
        outlook.told_by(
            milestone=outlooks.of_milestone,
            sprint=sprint_outlooks.of_sprint,
            chance=outlooks.chance_by,
        )
        health.told_by(health_of)
        for kind, (label, category, example) in OWN.items():
            letters.register(kind, label, category=category, example=example)
