"""What is delivered: for whom, by when, from which work."""

from engagements.models.assignees import PersonMeaning
from engagements.models.blockers import Blocker
from engagements.models.customers import Customer, CustomerContact
from engagements.models.engagements import (
    Engagement,
    EngagementFunction,
    EngagementTemplate,
    TemplateMilestone,
)
from engagements.models.imports import Import, ImportChunk, ImportEvent, ImportRow
from engagements.models.milestones import AcceptanceCriterion, Milestone, MilestoneRevision
from engagements.models.sources import MOST_DAYS, Source, StateMeaning, VersionMeaning
from engagements.models.work import Sprint, WorkEvent, WorkItem

__all__ = [
    "MOST_DAYS",
    "AcceptanceCriterion",
    "Blocker",
    "Customer",
    "CustomerContact",
    "Engagement",
    "EngagementFunction",
    "EngagementTemplate",
    "Import",
    "ImportChunk",
    "ImportEvent",
    "ImportRow",
    "Milestone",
    "MilestoneRevision",
    "PersonMeaning",
    "Source",
    "Sprint",
    "StateMeaning",
    "TemplateMilestone",
    "VersionMeaning",
    "WorkEvent",
    "WorkItem",
]
