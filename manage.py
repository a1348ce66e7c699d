#!/usr/bin/env python
"""The portal's command line."""

import os
import sys

# These read no database; every other command finds the embedded one running.
WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "findstatic", "help", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dm_portal.settings")
    from django.conf import settings  # after the settings are named
    from django.core.management import execute_from_command_line

    from dm_portal import embedded

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if settings.EMBEDDED and command not in WITHOUT_DATABASE and not command.startswith("-"):
        embedded.ensure_running(settings.VAR_DIR)
    if not settings.EMBEDDED:
        import dm_portal.celery  # noqa: F401 (tasks that a command enqueues go to our broker)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
