"""What the web server loads. With gunicorn's --preload it is loaded once, in the master."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from dm_portal import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dm_portal.settings")

if settings.EMBEDDED:
    embedded.ensure_running(settings.VAR_DIR)
else:
    import dm_portal.celery  # noqa: F401 (tasks that a page enqueues go to our broker)

application = get_wsgi_application()
