from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dm_portal.people"
    label = "people"
