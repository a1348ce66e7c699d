"""What the DM of the demo world says of blockers and criteria; ``stage`` is a ``seed.Stage``."""

from datetime import date
from typing import Any

from engagements.models import Blocker, Milestone
from engagements.services.blockers import describe_blocker
from engagements.services.milestones import judge_criterion


def describe_blockers(stage: Any) -> None:
    """What the DM says of a blocker as soon as it is known; of some nothing yet."""
    titles = {item.key: item.title for item in stage.items}
    said = {each.title: each for each in stage.plan.blocked if each.impact}
    for blocker in Blocker.objects.filter(engagement=stage.engagement, version=1).open():
        if words := said.get(titles[blocker.key]):
            describe_blocker(
                blocker=blocker,
                version=blocker.version,
                impact=words.impact,
                owner=words.owner,
                by=stage.dm,
            )


def judge_criteria(stage: Any, day: date) -> None:
    """Criteria are met in the week of a milestone's last finished item."""
    for planned in stage.plan.milestones:
        if stage.day(planned.done[1]) > day or not planned.criteria_met:
            continue
        milestone = Milestone.objects.get(engagement=stage.engagement, name=planned.name)
        for criterion in milestone.criteria.filter(met_at=None)[: planned.criteria_met]:
            if milestone.criteria.filter(met_at__isnull=False).count() < planned.criteria_met:
                judge_criterion(
                    criterion=criterion, version=criterion.version, is_met=True, by=stage.dm
                )
