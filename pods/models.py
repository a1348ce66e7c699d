"""Supply: who there is, and in which pod they work."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from dm_portal.people.models import DatedRow, Ref, User, WorkCalendar, ends_after_start
from pods import querysets


class Specialist(models.Model):
    """Somebody who does the work. May sign in (``user``), or be known by name alone."""

    class Seniority(models.TextChoices):
        JUNIOR = "junior", "Junior"
        MID = "mid", "Mid-level"
        SENIOR = "senior", "Senior"
        PRINCIPAL = "principal", "Principal"

    ref = Ref()
    name = models.CharField(max_length=120)
    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="specialist"
    )
    seniority = models.CharField(max_length=10, choices=Seniority, blank=True)
    skills = models.CharField(max_length=300, blank=True, help_text="Separated by commas.")
    calendar = models.ForeignKey(
        WorkCalendar,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="specialists",
        verbose_name="working hours",
        help_text="Of whoever signs in, those that they chose count.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SpecialistQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="specialist_has_a_name")]

    def __str__(self) -> str:
        return self.name


class Pod(models.Model):
    """Four to eight people, cross-functional, the same people for the whole engagement."""

    ref = Ref()
    name = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.PodQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="pod_has_a_name")]

    def __str__(self) -> str:
        return self.name


class PodFunction(DatedRow):
    """Who leads a pod, and in which function, from when to when."""

    class Function(models.TextChoices):
        DM = "dm", "Delivery manager"
        DEPUTY = "deputy", "Deputy"
        TECH_LEAD = "tech_lead", "Tech lead"

    pod = models.ForeignKey(Pod, on_delete=models.PROTECT, related_name="functions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pod_functions")
    function = models.CharField(max_length=10, choices=Function)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = querysets.PodFunctionQuerySet.as_manager()

    class Meta:
        ordering = ["pod__name", "function", "starts_on"]
        constraints = [
            ends_after_start("pod_function_ends_after_start"),
            models.UniqueConstraint(
                fields=["pod", "user", "function"],
                condition=Q(ends_on__isnull=True),
                name="pod_function_open_once",
                violation_error_message="This person already holds this function in this pod.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_function_display().lower()} of {self.pod}"

    @property
    def audit_ref(self) -> str:
        return self.pod.ref


class Membership(DatedRow):
    """A specialist's place in a pod: trade, share of their time, from when to when."""

    class Trade(models.TextChoices):
        DEVELOPER = "developer", "Developer"
        TECH_LEAD = "tech_lead", "Tech lead"
        QA = "qa", "QA"
        DESIGNER = "designer", "Designer"
        DATA = "data", "Data"
        OPERATIONS = "operations", "Operations"
        ANALYST = "analyst", "Analyst"

    pod = models.ForeignKey(Pod, on_delete=models.PROTECT, related_name="memberships")
    specialist = models.ForeignKey(Specialist, on_delete=models.PROTECT, related_name="memberships")
    trade = models.CharField(max_length=12, choices=Trade)
    allocation = models.PositiveSmallIntegerField(
        "allocation %", default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = querysets.MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pod__name", "specialist__name", "starts_on"]
        constraints = [
            ends_after_start("membership_ends_after_start"),
            models.CheckConstraint(
                condition=Q(allocation__gte=1, allocation__lte=100),
                name="membership_allocation_1_to_100",
                violation_error_message="Allocation is a whole percentage from 1 to 100.",
            ),
            models.UniqueConstraint(
                fields=["pod", "specialist"],
                condition=Q(ends_on__isnull=True),
                name="membership_open_once",
                violation_error_message="This specialist is already in this pod.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.specialist} in {self.pod}"

    @property
    def audit_ref(self) -> str:
        return self.pod.ref
