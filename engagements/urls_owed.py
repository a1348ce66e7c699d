"""Routes of what is owed between us and a customer."""

from django.urls import URLPattern, path

from engagements.views import actions, asks, commitments, escalations, risks

ENGAGEMENT = "engagements/<ref:ref>/"
ASK = f"{ENGAGEMENT}asks/<int:number>/"
RISK = f"{ENGAGEMENT}risks/<int:number>/"
ACTION = f"{ENGAGEMENT}actions/<int:number>/"
COMMITMENT = f"{ENGAGEMENT}commitments/<int:number>/"
ESCALATION = f"{ENGAGEMENT}escalations/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(f"{ENGAGEMENT}asks/", asks.ask_list, name="ask_list"),
    path(f"{ENGAGEMENT}asks/new/", asks.ask_create, name="ask_create"),
    path(ASK, asks.ask_detail, name="ask_detail"),
    path(f"{ASK}edit/", asks.ask_edit, name="ask_edit"),
    path(f"{ASK}sharing/", asks.ask_sharing, name="ask_sharing"),
    path(f"{ASK}withdrawal/", asks.ask_withdrawal, name="ask_withdrawal"),
    path(f"{ENGAGEMENT}risks/", risks.risk_list, name="risk_list"),
    path(f"{ENGAGEMENT}risks/new/", risks.risk_create, name="risk_create"),
    path(RISK, risks.risk_detail, name="risk_detail"),
    path(f"{RISK}edit/", risks.risk_edit, name="risk_edit"),
    path(f"{RISK}sharing/", risks.risk_sharing, name="risk_sharing"),
    path(f"{RISK}settlement/", risks.risk_settlement, name="risk_settlement"),
    path(f"{ENGAGEMENT}actions/", actions.action_list, name="action_list"),
    path(f"{ENGAGEMENT}actions/new/", actions.action_create, name="action_create"),
    path(ACTION, actions.action_detail, name="action_detail"),
    path(f"{ACTION}edit/", actions.action_edit, name="action_edit"),
    path(f"{ACTION}completion/", actions.action_completion, name="action_completion"),
    path(f"{ACTION}withdrawal/", actions.action_withdrawal, name="action_withdrawal"),
    path(f"{ENGAGEMENT}commitments/", commitments.commitment_list, name="commitment_list"),
    path(f"{ENGAGEMENT}commitments/new/", commitments.commitment_create, name="commitment_create"),
    path(COMMITMENT, commitments.commitment_detail, name="commitment_detail"),
    path(
        f"{COMMITMENT}fulfilment/",
        commitments.commitment_fulfilment,
        name="commitment_fulfilment",
    ),
    path(f"{ENGAGEMENT}escalations/", escalations.escalation_list, name="escalation_list"),
    path(f"{ENGAGEMENT}escalations/new/", escalations.escalation_create, name="escalation_create"),
    path(ESCALATION, escalations.escalation_detail, name="escalation_detail"),
    path(f"{ESCALATION}edit/", escalations.escalation_edit, name="escalation_edit"),
    path(f"{ESCALATION}sharing/", escalations.escalation_sharing, name="escalation_sharing"),
    path(
        f"{ESCALATION}acknowledgement/",
        escalations.escalation_acknowledgement,
        name="escalation_acknowledgement",
    ),
    path(
        f"{ESCALATION}resolution/",
        escalations.escalation_resolution,
        name="escalation_resolution",
    ),
]
