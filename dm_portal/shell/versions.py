"""Two editors, one row: the second is told that somebody saved first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from dm_portal.shell.errors import Conflict


@dataclass(frozen=True, slots=True)
class Change:
    """What a change did: the fields that differ, before and after. False when none does."""

    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.after)


def update_version(row: Model, *, version: int, touch: bool = False, **values: Any) -> Change:
    """Write ``values`` to ``row`` if it still is as it was at ``version``; raise that by one.

    What is stored is read again under a lock, so ``row`` may already carry what a form put on
    it; rows that only refer to it do not wait. Where nothing differs nothing is written, unless
    ``touch`` says that something belonging to the row does. ``row`` is brought up to date. Needs
    a transaction.

    Raises:
        Conflict: the row has another version by now, or is gone.
    """
    rows = type(row)._default_manager.order_by().filter(pk=row.pk, version=version)
    stored = rows.select_for_update(no_key=True).first()
    if stored is None:
        raise Conflict(f"Somebody else changed {row} first.")
    before = {name: getattr(stored, name) for name in values}
    before = {name: value for name, value in before.items() if value != values[name]}
    after = {name: values[name] for name in before}
    differs = touch or bool(after)
    if differs:
        rows.update(**after, version=version + 1)
    for name, value in values.items():
        setattr(row, name, value)
    row.version = version + differs  # type: ignore[attr-defined]  # every such row has one
    return Change(before, after)
