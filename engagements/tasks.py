"""What Celery's workers do for this app. Messages carry ids; the rows say what is to be done."""

from celery import shared_task

from engagements.services import imports


@shared_task
def read_import(import_id: int) -> None:
    imports.read_import(import_id=import_id)


@shared_task
def apply_import(import_id: int) -> None:
    imports.apply_import(import_id=import_id)
