"""Customers, engagements and what belongs to them: who sees which, and what is counted."""

from typing import TYPE_CHECKING, Any, Self, cast

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Collate

from dm_portal.people import standing
from dm_portal.people.querysets import DatedQuerySet
from dm_portal.shell.clock import now, today
from dm_portal.shell.kept import Kept, ids_in
from dm_portal.shell.relations import related
from dm_portal.shell.zones import is_known
from engagements import standing as standing_of
from engagements.assignee_rows import AssigneesDecided
from engagements.counting import counts_now, done_by_now, open_now
from engagements.leftovers import left_over
from engagements.stages import Stage

if TYPE_CHECKING:
    from engagements.models import Customer, Engagement, EngagementTemplate

# Functions in an engagement that plan it, as ``held_by`` names them.
PLANNERS = frozenset({"dm", "deputy", "architect"})


def _holds(prefix: str = "") -> Q:
    day = today()
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": day})
    )


def _sees_everything(user: Any) -> bool:
    return standing.is_admin(user) or standing.reads_the_portal(user)


def _is_one_of_us(user: Any) -> bool:
    return standing.is_present(user) and user.is_internal


def held_by(user: Any) -> tuple[tuple[int, str], ...]:
    """(engagement, function) for all that this person holds today; "" for work in its pod.

    Read at once and kept on the user object, which lives no longer than the request, as their
    portal functions are: each page asks for many kinds of rows of the same few engagements, and
    what is joined anew for each the database may misjudge. Empty for a customer's people.
    """
    if not _is_one_of_us(user):
        return ()
    if (kept := getattr(user, "_held", None)) is not None:
        return kept
    user._held = tuple(HELD.rows(user=user.pk))
    return user._held


def _held(user: int) -> Any:
    function = related(get_user_model(), "engagement_functions")
    engagement = related(function, "engagement")
    membership = related(related(engagement, "pods"), "memberships")
    my_pods = membership.objects.filter(_holds(), specialist__user=user).values("pod")
    of_pods = engagement.pods.through.objects.filter(pod__in=my_pods)
    functions = function.objects.filter(_holds(), user=user)
    return functions.values_list("engagement", "function").union(
        of_pods.values_list("engagement", models.Value("")), all=True
    )


HELD = Kept(_held, user=int)


def places_of(user: Any) -> list[int] | None:
    """The engagements that ``visible_to`` shows this person, one of us; None for all."""
    return None if _sees_everything(user) else _places(user)


def _places(user: Any) -> list[int]:
    """Where they hold a function today, or work in a pod that does the work."""
    return sorted({engagement for engagement, _ in held_by(user)})


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: Any) -> Self:
        """Customers of visible engagements; directors and admins also those without any."""
        if _sees_everything(user):
            return self.all()
        engagements = related(self.model, "engagements")
        return self.filter(pk__in=engagements.objects.visible_to(user).values("customer"))

    def planned_by(self, user: Any) -> Self:
        """Those for whom this person may begin a further engagement.

        Directors: all. Others: where they are DM, deputy or architect in one of its engagements
        today; to see a customer, as whoever works for it does, is not enough.
        """
        if standing.is_director(user):
            return self.all()
        engagements = related(self.model, "engagements")
        planned = sorted({pk for pk, function in held_by(user) if function in PLANNERS})
        return self.filter(pk__in=engagements.objects.filter(pk__in=planned).values("customer"))


class CustomerContactQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Ours: contacts of visible customers. A customer's person: their own rows in force, and a
        lead the delegates that answer for them, or will.
        """
        if standing.is_present(user) and user.is_customer:
            own = self.model.objects.own_of(user)
            led = own.filter(kind="lead").values("customer")
            delegates = self.model.objects.not_over().filter(kind="delegate", customer__in=led)
            return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=delegates.values("pk")))
        customers = related(self.model, "customer")
        return self.filter(customer__in=customers.objects.visible_to(user))

    def own_of(self, user: Any) -> Self:
        """The rows in force that this person holds."""
        return self.holding().filter(user=user)


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: Any) -> Self:
        """Admins, directors, auditors: all. Others of us: by function, or by work in its pod."""
        return self.all() if _sees_everything(user) else self.of_person(user)

    def of_person(self, user: Any) -> Self:
        """One of us: where they hold a function today, or work in a pod that does the work."""
        places = _places(user)
        return self.filter(pk__in=ids_in(places)) if places else self.none()

    def of_contact(self, user: Any) -> Self:
        """A customer's person: the engagements of the one customer they are a contact of."""
        if not standing.is_present(user) or not user.is_customer:
            return self.none()
        customer = related(self.model, "customer")
        contacts = related(customer, "contacts")
        return self.filter(customer__in=contacts.objects.own_of(user).values("customer"))

    def reporting(self) -> Self:
        """Engagements that owe a status: neither paused nor closed."""
        return self.filter(state="active")

    def in_known_zones(self) -> Self:
        """Those whose time zone this machine knows: of the others no instant can be told."""
        names = self.order_by().values_list("time_zone", flat=True).distinct()
        return self.exclude(time_zone__in=[name for name in names if not is_known(name)])

    def with_standing(self) -> Self:
        """Annotate ``said``: what was last said of it; see ``standing``."""
        return cast("Self", standing_of.annotate(self))

    def with_people_and_date(self) -> Self:
        """Annotate ``managers`` (names of today's DMs who can sign in) and ``next_on``.

        ``next_on`` is the earliest committed date of a milestone that is not finished: it may
        lie in the past.
        """
        functions = related(self.model, "functions")
        milestones = related(self.model, "milestones")
        here = {"engagement": models.OuterRef("pk")}
        managers = functions.objects.filter(_holds(), function="dm", user__is_active=True, **here)
        promised = milestones.objects.committed().unfinished().filter(**here)
        return self.select_related("customer", "calendar").annotate(
            managers=ArraySubquery(managers.order_by("starts_on").values("user__name")),
            next_on=models.Subquery(promised.order_by("committed_on").values("committed_on")[:1]),
        )


class EngagementTemplateQuerySet(models.QuerySet["EngagementTemplate"]):
    def visible_to(self, user: Any) -> Self:
        """Templates speak of no customer: all of us may start from any."""
        return self.all() if _is_one_of_us(user) else self.none()


class TemplateMilestoneQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if _is_one_of_us(user) else self.none()


class OfEngagementQuerySet(models.QuerySet[Any]):
    """Rows that share their engagement's door."""

    def visible_to(self, user: Any) -> Self:
        engagement = related(self.model, "engagement")
        return self.filter(engagement__in=engagement.objects.visible_to(user))


class EngagementFunctionQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        engagement = related(self.model, "engagement")
        return self.filter(engagement__in=engagement.objects.visible_to(user))


class MilestoneQuerySet(OfEngagementQuerySet):
    def committed(self) -> Self:
        """Those with a committed date: what a customer was told."""
        return self.filter(committed_on__isnull=False)

    def listed(self) -> Self:
        """Without what is left over of versions; it stays, and has its page."""
        return self.exclude(pk__in=left_over(self.model).values("pk"))

    def unfinished(self) -> Self:
        """Those with an item still to do or a criterion not met, or of which neither is known.

        As ``figures.is_done`` tells of one of them, and the facts of a status of an instant.
        """
        links = self.model.work_items.through.objects.filter(milestone=models.OuterRef("pk"))
        items = links.filter(counts_now("workitem__"))
        criterion = related(self.model, "criteria")
        criteria = criterion.objects.filter(milestone=models.OuterRef("pk"))
        return self.filter(
            models.Exists(items.filter(open_now("workitem__")))
            | models.Exists(criteria.filter(met_at__isnull=True))
            | ~(models.Exists(items) | models.Exists(criteria))
        )

    def with_progress(self) -> Self:
        """Annotate ``items`` that count, ``items_done``, ``criteria_total``, ``criteria_met``."""
        links = self.model.work_items.through.objects.filter(milestone=models.OuterRef("pk"))
        items = links.filter(counts_now("workitem__"))
        criterion = related(self.model, "criteria")
        criteria = criterion.objects.filter(milestone=models.OuterRef("pk"))
        return self.annotate(
            items=number_of(items, "milestone"),
            items_done=number_of(items.filter(done_by_now("workitem__")), "milestone"),
            criteria_total=number_of(criteria, "milestone"),
            criteria_met=number_of(criteria.filter(met_at__isnull=False), "milestone"),
        )


class OfMilestoneQuerySet(models.QuerySet[Any]):
    """Rows that share their milestone's door."""

    def visible_to(self, user: Any) -> Self:
        milestone = related(self.model, "milestone")
        return self.filter(milestone__in=milestone.objects.visible_to(user))


class ColourThresholdsQuerySet(OfEngagementQuerySet):
    """From where on engagements that the person may see are at risk or off track."""


class SprintQuerySet(OfEngagementQuerySet):
    def with_progress(self) -> Self:
        """Annotate ``items`` that count, and ``items_done``."""
        work = related(self.model, "work_items")
        items = work.objects.filter(counts_now(), sprint=models.OuterRef("pk"))
        return self.annotate(
            items=number_of(items, "sprint"),
            items_done=number_of(items.filter(done_by_now()), "sprint"),
        )


class WorkItemQuerySet(AssigneesDecided, OfEngagementQuerySet):
    def open(self) -> Self:
        return self.filter(open_now())

    def done(self) -> Self:
        return self.filter(done_by_now())

    def withdrawn(self) -> Self:
        return self.filter(stage=Stage.WITHDRAWN)

    def gone(self) -> Self:
        """Those that their tracker no longer has."""
        return self.filter(gone_at__isnull=False)

    def with_impossible_dates(self) -> Self:
        """Those done before they were created or begun: they have no cycle time."""
        return self.filter(Q(done_at__lt=F("created_at")) | Q(done_at__lt=F("started_at")))

    def with_created_told(self) -> Self:
        """Annotate ``created_told``: the last text that a file gave for when it was created. None:
        no file says that, and ``created_at`` is when anything was first told of it.
        """
        event = related(related(self.model, "source"), "events")
        mine = {"source": models.OuterRef("source"), "key": models.OuterRef("key")}
        seen = event.objects.filter(**mine, field="seen", became__contains='"created_at":')
        told = KeyTextTransform("created_at", Cast("became", models.JSONField()))
        last = seen.order_by("-occurred_at", Collate("became", "C").desc()).annotate(told=told)
        return self.annotate(created_told=models.Subquery(last.values("told")[:1]))

    def with_milestone_names(self) -> Self:
        """Annotate ``milestone_names``: every milestone that the tracker names, as a list."""
        links = self.model.milestones.through.objects.filter(workitem=models.OuterRef("pk"))
        names = links.order_by("milestone__number").values("milestone__name")
        return self.select_related("sprint").annotate(milestone_names=ArraySubquery(names))


class BlockerQuerySet(OfEngagementQuerySet):
    def told(self) -> Self:
        """Those that the events still tell of."""
        return self.filter(is_told=True)

    def open(self) -> Self:
        return self.told().filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now()))

    def closed(self) -> Self:
        return self.told().filter(closed_at__lte=now())

    def taken_back(self) -> Self:
        return self.filter(is_told=False)

    def without_words(self) -> Self:
        """Those of which nobody has said yet what they hold up, or who must act."""
        return self.filter(Q(impact="") | Q(owner=""))

    def with_titles(self) -> Self:
        """Annotate ``title``: the item's, None where no export names it any more."""
        item = related(related(self.model, "source"), "work_items")
        mine = item.objects.filter(source=models.OuterRef("source"), key=models.OuterRef("key"))
        return self.select_related("engagement__calendar", "source").annotate(
            title=models.Subquery(mine.values("title")[:1])
        )


class SourceQuerySet(OfEngagementQuerySet):
    def applied(self) -> Self:
        """Those of which a file was applied: the first one that is read makes the source."""
        files = related(self.model, "imports").objects.applied()
        return self.filter(models.Exists(files.filter(source=models.OuterRef("pk"))))

    def promises_version(self) -> int:
        """A number that every change of a promised age raises."""
        made: int | None = self.aggregate(made=models.Sum("promises_made"))["made"]
        return made or 0


class OfSourceQuerySet(models.QuerySet[Any]):
    """Rows that share their source's door."""

    def visible_to(self, user: Any) -> Self:
        source = related(self.model, "source")
        return self.filter(source__in=source.objects.visible_to(user))


class DecisionMixin:
    """What people decided, so that a second one can be told."""

    def version(self: Any) -> int:
        """A number that every decision changes: of the last one, in microseconds since 1970."""
        last = self.aggregate(last=models.Max("decided_at"))["last"]
        return int(last.timestamp() * 1_000_000) if last else 0


class StateMeaningQuerySet(DecisionMixin, OfSourceQuerySet):
    def by_state(self, source: int | None) -> dict[str, str]:
        """What was decided for each state of one source."""
        return dict(self.filter(source=source).order_by().values_list("state", "stage"))


class VersionMeaningQuerySet(DecisionMixin, OfEngagementQuerySet):
    def by_version(self, engagement: int) -> dict[str, str | None]:
        """For each version that was decided on, its milestone by the name in the tracker."""
        decided = self.filter(engagement=engagement).order_by()
        return dict(decided.values_list("version", "milestone__tracker_name"))


class PersonMeaningQuerySet(DecisionMixin, OfSourceQuerySet):
    """Who the names in the trackers of engagements that the person may see were decided to be."""


def number_of(rows: models.QuerySet[Any], by: str) -> Any:
    """The number of ``rows`` of the outer row, as one subquery that never multiplies others."""
    counted = rows.order_by().values(by).annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)
