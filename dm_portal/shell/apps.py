from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "dm_portal.shell"
    label = "shell"
