"""What is delivered: for whom, by when, from which work; and what is owed meanwhile."""

from engagements.models.actions import Action
from engagements.models.asks import Ask
from engagements.models.assignees import PersonMeaning
from engagements.models.blockers import Blocker
from engagements.models.commitments import Commitment, Fulfilment
from engagements.models.customers import Customer, CustomerContact
from engagements.models.engagements import (
    Engagement,
    EngagementFunction,
    EngagementTemplate,
    TemplateMilestone,
)
from engagements.models.escalations import Escalation
from engagements.models.imports import Import, ImportChunk, ImportEvent, ImportRow
from engagements.models.milestones import AcceptanceCriterion, Milestone, MilestoneRevision
from engagements.models.risks import Risk
from engagements.models.sources import MOST_DAYS, Source, StateMeaning, VersionMeaning
from engagements.models.thresholds import ColourThresholds, thresholds_of
from engagements.models.work import Sprint, WorkEvent, WorkItem

__all__ = [
    "MOST_DAYS",
    "AcceptanceCriterion",
    "Action",
    "Ask",
    "Blocker",
    "ColourThresholds",
    "Commitment",
    "Customer",
    "CustomerContact",
    "Engagement",
    "EngagementFunction",
    "EngagementTemplate",
    "Escalation",
    "Fulfilment",
    "Import",
    "ImportChunk",
    "ImportEvent",
    "ImportRow",
    "Milestone",
    "MilestoneRevision",
    "PersonMeaning",
    "Risk",
    "Source",
    "Sprint",
    "StateMeaning",
    "TemplateMilestone",
    "VersionMeaning",
    "WorkEvent",
    "WorkItem",
    "thresholds_of",
]
