"""How many statements a page costs, the rail and the session included."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

OF_A_LIST = 10
OF_A_PAGE = 15


def statements(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
