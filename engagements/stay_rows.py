"""States that items stayed in, many at once, as reports of stays tell them.

Parts of querysets, see ``engagements.querysets``.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

# A row of such a report. In canonical JSON no text holds this as it is: its quotes are escaped.
TELLS_STAYS = Q(field="seen", became__contains='"stays":[[')


class StatesStayed(models.Func):
    """The states of one such row, as an array of texts."""

    template = "ARRAY(SELECT jsonb_path_query((%(expressions)s)::jsonb, '$.stays[*][0]') #>> '{}')"
    output_field = ArrayField(models.TextField())
