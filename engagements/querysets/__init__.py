"""Which customers, engagements and facts a person may see.

``visible_to`` is the door for our own people. A customer's people see nothing through it but
their own contact rows: what they read is built from published revisions, and which engagements
those may belong to is ``EngagementQuerySet.of_contact``.
"""

from engagements.querysets.imports import (
    ImportEventQuerySet,
    ImportQuerySet,
    ImportRowQuerySet,
    OfImportQuerySet,
    WorkEventQuerySet,
)
from engagements.querysets.work import (
    PLANNERS,
    BlockerQuerySet,
    CustomerContactQuerySet,
    CustomerQuerySet,
    EngagementFunctionQuerySet,
    EngagementQuerySet,
    EngagementTemplateQuerySet,
    MilestoneQuerySet,
    OfMilestoneQuerySet,
    PersonMeaningQuerySet,
    SourceQuerySet,
    SprintQuerySet,
    StateMeaningQuerySet,
    TemplateMilestoneQuerySet,
    VersionMeaningQuerySet,
    WorkItemQuerySet,
    held_by,
)

__all__ = [
    "PLANNERS",
    "BlockerQuerySet",
    "CustomerContactQuerySet",
    "CustomerQuerySet",
    "EngagementFunctionQuerySet",
    "EngagementQuerySet",
    "EngagementTemplateQuerySet",
    "ImportEventQuerySet",
    "ImportQuerySet",
    "ImportRowQuerySet",
    "MilestoneQuerySet",
    "OfImportQuerySet",
    "OfMilestoneQuerySet",
    "PersonMeaningQuerySet",
    "SourceQuerySet",
    "SprintQuerySet",
    "StateMeaningQuerySet",
    "TemplateMilestoneQuerySet",
    "VersionMeaningQuerySet",
    "WorkEventQuerySet",
    "WorkItemQuerySet",
    "held_by",
]
