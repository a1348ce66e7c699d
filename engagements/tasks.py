"""What Celery's workers do for this app. Messages carry ids; the rows say what is to be done."""

from celery import shared_task

from engagements.services import imports

# A large file takes minutes, and is read or applied in one go.


@shared_task(time_limit=900)
def read_import(import_id: int) -> None:
    imports.read_import(import_id=import_id)


@shared_task(time_limit=900)
def apply_import(import_id: int) -> None:
    imports.apply_import(import_id=import_id)
