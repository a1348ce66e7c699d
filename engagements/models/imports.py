"""How a tracker's file comes in: its bytes, its rows, what was said of each, and by whom."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dm_portal.people.models import User
from engagements import querysets
from engagements.models.milestones import OfEngagement
from engagements.models.sources import Source
from engagements.models.work import WorkEvent


class Part(models.TextChoices):
    """Which of an import's files a row or a piece is of."""

    WORK = "work", "Work"
    CHANGELOG = "changelog", "Changelog"
    MISSING = "missing", "Not in the file"


class Import(OfEngagement):
    """One file on its way in: uploaded, read, previewed, then applied as a whole or not at all.

    A changelog may come with it. ``as_of`` is the instant that the file speaks of.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be read"
        READING = "reading", "Being read"
        PREVIEWED = "previewed", "Ready to apply"
        REQUESTED = "requested", "Waiting to be applied"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        DISCARDED = "discarded", "Discarded"
        REFUSED = "refused", "Refused"
        PARKED = "parked", "Failed, needs an admin"

    OPEN = (State.UPLOADED, State.READING, State.PREVIEWED, State.REQUESTED, State.APPLYING)
    WORKING = (State.READING, State.APPLYING)

    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    changelog_name = models.CharField(max_length=255, blank=True)
    changelog_size = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Bytes; 0: there is none."
    )
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="How many rows the file has; empty: it was not looked over yet.",
    )
    rows_judged = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many rows have been compared with what is known."
    )
    mapping = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="The map that was brought along; empty: none was.",
    )
    rows_left_out = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Rows of teams that the map leaves out."
    )
    changes_read = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Changes that the changelog tells."
    )
    changes_left_out = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="Of fields that are not read: name, and how many changes.",
    )
    undecided_states = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="States that the files name and of which nobody has said what they mean.",
    )
    undecided_people = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="Names that the files assign items to and of whom nobody has said who they are.",
    )
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    milestones_added = models.PositiveIntegerField(default=0)
    sprints_added = models.PositiveIntegerField(default=0)
    milestones_matched = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="Planned by hand and now the tracker's: name, and rows that belong to it.",
    )
    previews = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often it was read to its end."
    )
    unknown_columns = models.JSONField(default=list)
    read_at = models.DateTimeField(
        null=True, blank=True, help_text="When the reading began: what is later was the future."
    )
    exported_at = models.DateTimeField(
        null=True, blank=True, help_text="As whoever brought the file says; empty: not said."
    )
    is_whole = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether it holds all that its tracker has: what it lacks is gone.",
    )
    open_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Items of its source that were open when it was read."
    )
    missing_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Those of them that it does not name."
    )
    as_of = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The latest instant that the file names, or when it was exported if later.",
    )
    source_version = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Of the source: when the rows were compared with it; once applied, by this.",
    )
    decisions_read = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Which decisions on states, versions and people its rows were worked out by.",
    )
    problem = models.TextField(blank=True, help_text="Why it was refused or failed.")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = querysets.ImportQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="import_number"),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="import_applied_at_by",
            ),
            models.CheckConstraint(
                condition=(Q(state="applied") & Q(applied_at__isnull=False))
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
                name="import_applied_when_applied",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reading", "applying"], lease_until__isnull=False)
                | (~Q(state__in=["reading", "applying"]) & Q(lease_until__isnull=True)),
                name="import_leased_while_working",
            ),
            models.CheckConstraint(
                condition=Q(is_whole=False) | Q(exported_at__isnull=False),
                name="import_whole_as_of_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.number} ({self.file_name})"

    @property
    def loses_much(self) -> bool:
        """Whether over a third of what was open is gone by it: the export may be another filter's.

        A single item is never much.
        """
        return self.is_whole and self.missing_count > max(1, self.open_count / 3)

    def get_absolute_url(self) -> str:
        return reverse("import_detail", kwargs={"ref": self.engagement.ref, "number": self.number})


class ImportChunk(models.Model):
    """A piece of the uploaded file as it came, so that any process can read it."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="chunks")
    part = models.CharField(max_length=10, choices=Part, default=Part.WORK, db_default=Part.WORK)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = querysets.OfImportQuerySet.as_manager()

    class Meta:
        ordering = ["of", "part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of", "part", "number"], name="import_chunk_number"),
        ]

    def __str__(self) -> str:
        return f"{self.of}, piece {self.number}"


class ImportRow(models.Model):
    """One row of the file, as read, with what applying it would do.

    ``line`` is where the row starts in the file, counted from 1; ``data`` holds what the item
    would be, by field names, ``before`` what it is, ``reason`` why the row is refused, ``note``
    what is odd but kept. A row of the changelog is here if it is refused, or if it is the first
    of an item that the file itself does not name. An item that a whole export lacks is a row, too:
    ``line`` only numbers these.
    """

    class Verdict(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        REFUSED = "refused", "Refused"

    # No index of its own: those of a row's place and key begin with it.
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    part = models.CharField(max_length=10, choices=Part, default=Part.WORK, db_default=Part.WORK)
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    objects = querysets.ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["of", "-part", "line"]
        constraints = [
            models.UniqueConstraint(fields=["of", "part", "line"], name="import_row_line"),
            models.CheckConstraint(
                condition=(Q(verdict="refused") & ~Q(reason=""))
                | (~Q(verdict="refused") & Q(reason="")),
                name="import_row_refused_with_reason",
            ),
        ]
        indexes = [
            # the preview: refused first, then what changes
            models.Index(fields=["of", "verdict", "line"], name="import_row_verdict"),
            models.Index(fields=["of", "key"], name="import_row_key"),
        ]

    def __str__(self) -> str:
        return f"{self.of}, line {self.place}"

    @property
    def place(self) -> str:
        """Where it stands: "7", or "7 of the changelog"; empty if it is not in the file."""
        if self.part == Part.MISSING:
            return ""
        return f"{self.line}{' of the changelog' if self.part == Part.CHANGELOG else ''}"


class ImportEvent(models.Model):
    """What a file says of an item, until it is applied: then it is a ``WorkEvent``.

    ``occurred_at`` is empty where a row does not tell when it was so: then it is as of its file.
    """

    # No index of its own: those of an event's place and key begin with it.
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="said", db_index=False)
    part = models.CharField(max_length=10, choices=Part)
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    field = models.CharField(max_length=10, choices=WorkEvent.Field)
    came = models.TextField(blank=True)
    became = models.TextField(blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    place = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)

    objects = querysets.ImportEventQuerySet.as_manager()

    class Meta:
        ordering = ["of", "part", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["of", "part", "line", "field"], name="import_event_line"
            ),
        ]
        indexes = [
            # what else the file says of an item
            models.Index(fields=["of", "key"], name="import_event_key"),
        ]

    def __str__(self) -> str:
        return f"{self.of}, line {self.line}"
