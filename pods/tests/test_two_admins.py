"""Two admins who enter at the same moment wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from pods import services
from pods.models import Membership, Pod, Specialist


@pytest.mark.django_db(transaction=True)
def test_together_they_cannot_exceed_a_whole_person(pod: Pod, other_pod: Pod, admin: User) -> None:
    sami = Specialist.objects.create(name="Sami")
    ready = Barrier(2)

    def put(into: Pod) -> str:
        place = {"trade": "qa", "allocation": 60, "starts_on": date(2026, 12, 1), "ends_on": None}
        ready.wait()
        try:
            services.add_membership(pod=into, specialist=sami, by=admin, **place)
        except DomainError as refused:
            return str(refused)
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(put, [pod, other_pod]))
    assert answers[0].startswith("Sami would be at 120 %")
    assert answers[1] == "in"
    assert Membership.objects.count() == 1
