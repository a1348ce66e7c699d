"""A tracker's file on its way in: uploaded, read, previewed, then applied as a whole or not at all.

Who brings a file: ``receive_file``, ``request_application``, ``discard_import``, ``retry_import``,
and for a command ``import_file`` and ``preview_file``. Who works: ``read_import``,
``apply_import``, and ``run_waiting`` for a clock or a sweep.
"""

from engagements.services.imports.acts import (
    Attached,
    Export,
    discard_import,
    receive_file,
    request_application,
    retry_import,
)
from engagements.services.imports.applying import apply_import
from engagements.services.imports.reading import read_import
from engagements.services.imports.states import MAX_BYTES, TOO_LARGE, TRANSITIONS
from engagements.services.imports.whole import import_file, preview_file, run_waiting

__all__ = [
    "MAX_BYTES",
    "TOO_LARGE",
    "TRANSITIONS",
    "Attached",
    "Export",
    "apply_import",
    "discard_import",
    "import_file",
    "preview_file",
    "read_import",
    "receive_file",
    "request_application",
    "retry_import",
    "run_waiting",
]
