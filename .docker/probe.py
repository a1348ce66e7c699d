"""Ask the web server of this container whether it is alive; exit 1 when it is not.

It answers to its public name only, so that is the Host the question carries.
"""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

connection = HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/healthz", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
sys.exit(connection.getresponse().status != 200)
