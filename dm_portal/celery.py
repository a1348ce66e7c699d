"""The Celery application of workers and beat, and of whoever enqueues in production.

Everything it does is named in settings (CELERY_…). The embedded mode has no broker: there
`manage.py clock` calls the same services.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dm_portal.settings")

app = Celery("dm_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
