"""People, their functions and invitations, and what they did."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from dm_portal.people import querysets
from dm_portal.shell.clock import now, today
from dm_portal.shell.refs import new_ref


class Ref(models.CharField):
    """The random public reference of a row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_length=10, unique=True, default=new_ref, editable=False)
        super().__init__(*args, **kwargs)


class DatedRow(models.Model):
    """Holds from ``starts_on`` up to, and not including, ``ends_on`` (empty: still open)."""

    starts_on = models.DateField("from")
    ends_on = models.DateField(
        "until", null=True, blank=True, help_text="The first day on which it no longer holds."
    )

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        """Ended, also where it never held: it cannot be ended again."""
        return self.ends_on is not None and self.ends_on <= max(today(), self.starts_on)

    @property
    def is_planned(self) -> bool:
        """Yet to begin, and not called off."""
        return self.starts_on > today() and not self.is_over

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def ends_after_start(name: str) -> models.CheckConstraint:
    """The rule every dated row shares, under the table's own constraint name."""
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
        name=name,
        violation_error_message="It cannot end before it starts.",
    )


class UserManager(BaseUserManager["User"]):
    """Looks people up by address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        if found := self.by_address(username or ""):
            return found
        raise self.model.DoesNotExist

    def by_address(self, address: str) -> "User | None":
        """Whose address this is.

        The database takes more letters for alike than Python does (``ı`` for ``i``). What counts
        attempts goes by Python's, and would begin anew for each way to write an address.
        """
        found = self.filter(email__iexact=address).first()
        return found if found and found.email.lower() == address.lower() else None


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in: one of us, or one of a customer's people.

    An invited person is a row that is not active yet; a deactivated one keeps its row, its name
    in the records, and no access. What a person may do follows dated function rows, never grade.
    ``digested_on`` is the last day on their clock for which their digest was put together.
    """

    class Kind(models.TextChoices):
        INTERNAL = "internal", "Internal"
        CUSTOMER = "customer", "Customer"

    class Grade(models.TextChoices):
        DELIVERY_MANAGER = "delivery_manager", "Delivery manager"
        SENIOR_DELIVERY_MANAGER = "senior_delivery_manager", "Senior delivery manager"
        ENGAGEMENT_ARCHITECT = "engagement_architect", "Engagement architect"
        DIRECTOR_OF_DELIVERY = "director_of_delivery", "Director of delivery"

    ref = Ref()
    email = models.EmailField("e-mail", max_length=254, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    grade = models.CharField(max_length=30, choices=Grade, blank=True)
    is_active = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    calendar = models.ForeignKey(
        "people.WorkCalendar",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
        verbose_name="working hours",
    )
    digested_on = models.DateField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = UserManager.from_queryset(querysets.UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                # as email__iexact asks, so that both agree on what is alike, and the index serves
                Upper("email"),
                name="user_email_unique",
                violation_error_message="Somebody with this address is already here.",
            ),
            models.CheckConstraint(
                condition=Q(kind="internal") | Q(is_staff=False, is_superuser=False, grade=""),
                name="user_customer_has_no_staff_rights",
                violation_error_message="A customer's person can hold no rights of ours.",
            ),
            models.CheckConstraint(
                condition=Q(deactivated_at__isnull=True) | Q(is_active=False),
                name="user_deactivated_is_not_active",
            ),
            models.CheckConstraint(
                condition=Q(deactivated_at__isnull=True, deactivated_by__isnull=True)
                | Q(deactivated_at__isnull=False, deactivated_by__isnull=False),
                name="user_deactivated_at_by",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="user_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_internal(self) -> bool:
        return self.kind == self.Kind.INTERNAL

    @property
    def is_customer(self) -> bool:
        return self.kind == self.Kind.CUSTOMER

    @property
    def is_invited(self) -> bool:
        """Asked in, and has not come yet."""
        return not self.is_active and self.deactivated_at is None

    @property
    def state(self) -> str:
        """Where the person stands with the portal, in one word."""
        if self.is_active:
            return "Active"
        return "Invited" if self.is_invited else "Deactivated"

    @property
    def functions_today(self) -> list[str]:
        """The portal functions held today; lists of people prefetch ``portal_functions``."""
        day = today()
        rows = self.portal_functions.all()
        return sorted(row.get_function_display() for row in rows if row.holds_on(day))

    def parts_elsewhere(self) -> list[DatedRow]:
        """Functions in pods and engagements, and with customers: those held or yet to begin.

        A statement for each kind of them. The models are of apps above, known by their relations.
        """
        others = (relation.related_model for relation in self._meta.related_objects)
        kinds = [kind for kind in others if issubclass(kind, DatedRow) and kind != PortalFunction]
        rows = (querysets.DatedQuerySet(kind).not_over().filter(user=self) for kind in kinds)
        return [row for found in rows for row in found.select_related()]


class PortalFunction(DatedRow):
    """A function that reaches the whole portal: director, admin or auditor."""

    class Function(models.TextChoices):
        DIRECTOR = "director", "Director of delivery"
        ADMIN = "admin", "Admin"
        AUDITOR = "auditor", "Auditor"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="portal_functions")
    function = models.CharField(max_length=10, choices=Function)

    objects = querysets.PortalFunctionQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "starts_on"]
        constraints = [
            ends_after_start("portal_function_ends_after_start"),
            models.UniqueConstraint(
                fields=["user", "function"],
                condition=Q(ends_on__isnull=True),
                name="portal_function_open_once",
                violation_error_message="This person already holds this function.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_function_display().lower()}"


class Invitation(models.Model):
    """A letter that lets one person in once: bound to an address, to a scope, and to a date.

    Only the hash of its token is kept; the token itself stands in the letter alone.
    """

    ref = Ref()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    scope = models.CharField(max_length=200, help_text="What it lets the person be, in words.")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = querysets.InvitationQuerySet.as_manager()

    # Known to the process that made the invitation, and to the letter; never stored.
    token: str

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_by",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="invitation_revoked_at_by",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="invitation_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.scope}"

    @property
    def state(self) -> str:
        """What became of the letter, in words."""
        if self.accepted_at is not None:
            return "Accepted"
        if self.revoked_at is not None:
            return "Taken back"
        return "Waiting" if now() < self.expires_at else "Expired"


class AuditEvent(models.Model):
    """Who did what to what, when and from where. Written once, by the service that did it.

    No foreign keys: the record outlives what it speaks of. ``before`` and ``after`` hold only
    the fields that changed. ``actor_ref`` is empty where the portal itself acted.
    """

    occurred_at = models.DateTimeField()
    actor_ref = models.CharField(max_length=10, blank=True)
    actor_name = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60)
    target_ref = models.CharField(max_length=60, blank=True)
    target_label = models.CharField(max_length=300)
    customer_ref = models.CharField(max_length=10, blank=True)
    engagement_ref = models.CharField(max_length=10, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    origin = models.CharField(max_length=80, blank=True)

    objects = querysets.AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        indexes = [
            # /engagements/<ref>/history/
            models.Index(fields=["engagement_ref", "-occurred_at", "-id"], name="audit_engagement"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} {self.target_label}"
