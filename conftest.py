"""The cast: named people with their functions, for every test."""

pytest_plugins = [
    "dm_portal.tests.plumbing",
    "dm_portal.tests.cast",
    "dm_portal.tests.walls",
    "dm_portal.tests.site",
    "dm_portal.tests.broker",
]
