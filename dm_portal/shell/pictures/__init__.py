"""Pictures drawn on the server: plain values in, the geometry of an inline SVG out.

``{% timeline Timeline(...) %}``, ``{% burn_up BurnUp(...) %}``, ``{% bars Bars(...) %}`` and
``{% law Law(...) %}`` draw each twice, for wide and for narrow columns (the style sheet shows the
one that fits, at its natural size, so that text stays legible), with a title, a description and the
table under it.
"""

from dm_portal.shell.pictures.bars import Bars, BarWeek
from dm_portal.shell.pictures.burn_up import BurnUp, BurnUpWeek
from dm_portal.shell.pictures.law import Law, LawWeek
from dm_portal.shell.pictures.timeline import Timeline, TimelineMilestone

__all__ = [
    "BarWeek",
    "Bars",
    "BurnUp",
    "BurnUpWeek",
    "Law",
    "LawWeek",
    "Timeline",
    "TimelineMilestone",
]
