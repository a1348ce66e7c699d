"""The customer and its people."""

from django.db import models
from django.db.models import Q

from dm_portal.people.models import DatedRow, Ref, User, ends_after_start
from engagements import querysets


class Customer(models.Model):
    """Who the work is for. One customer never learns anything about another."""

    ref = Ref()
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def customer_ref(self) -> str:
        return self.ref


class CustomerContact(DatedRow):
    """One of the customer's people: reads the status, and answers what is asked."""

    class Kind(models.TextChoices):
        LEAD = "lead", "Customer lead"
        EXECUTIVE = "executive", "Customer executive"
        DELEGATE = "delegate", "Delegate"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="customer_contacts")
    kind = models.CharField(max_length=10, choices=Kind)

    objects = querysets.CustomerContactQuerySet.as_manager()

    class Meta:
        ordering = ["customer__name", "kind", "user__name"]
        constraints = [
            ends_after_start("customer_contact_ends_after_start"),
            # One person, one customer, one kind at a time: nobody reads two customers at once.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ends_on__isnull=True),
                name="customer_contact_open_once",
                violation_error_message="This person is already a contact.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_kind_display().lower()} of {self.customer}"

    @property
    def audit_ref(self) -> str:
        return self.user.ref

    @property
    def customer_ref(self) -> str:
        return self.customer.ref
