"""Which customers, engagements and facts a person may see.

``visible_to`` is the door for our own people. A customer's people see nothing through it but
their own contact rows and what was shared with them: what else they read is built from published
revisions, and which engagements those may belong to is ``EngagementQuerySet.of_contact``.
"""

from engagements.querysets.imports import (
    ImportEventQuerySet,
    ImportQuerySet,
    ImportRowQuerySet,
    OfImportQuerySet,
    WorkEventQuerySet,
)
from engagements.querysets.owed import (
    ActionQuerySet,
    AskQuerySet,
    CommitmentQuerySet,
    EscalationQuerySet,
    OfCommitmentQuerySet,
    RiskQuerySet,
)
from engagements.querysets.work import (
    PLANNERS,
    BlockerQuerySet,
    ColourThresholdsQuerySet,
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
    number_of,
    places_of,
)

__all__ = [
    "PLANNERS",
    "ActionQuerySet",
    "AskQuerySet",
    "BlockerQuerySet",
    "ColourThresholdsQuerySet",
    "CommitmentQuerySet",
    "CustomerContactQuerySet",
    "CustomerQuerySet",
    "EngagementFunctionQuerySet",
    "EngagementQuerySet",
    "EngagementTemplateQuerySet",
    "EscalationQuerySet",
    "ImportEventQuerySet",
    "ImportQuerySet",
    "ImportRowQuerySet",
    "MilestoneQuerySet",
    "OfCommitmentQuerySet",
    "OfImportQuerySet",
    "OfMilestoneQuerySet",
    "PersonMeaningQuerySet",
    "RiskQuerySet",
    "SourceQuerySet",
    "SprintQuerySet",
    "StateMeaningQuerySet",
    "TemplateMilestoneQuerySet",
    "VersionMeaningQuerySet",
    "WorkEventQuerySet",
    "WorkItemQuerySet",
    "held_by",
    "number_of",
    "places_of",
]
