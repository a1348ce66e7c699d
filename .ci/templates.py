"""Compile every template, and find those that include or extend one that is not there."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"'#]+)""")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dm_portal.settings")

    import django
    from django.template import TemplateDoesNotExist, TemplateSyntaxError
    from django.template.loader import get_template

    django.setup()
    folder = ROOT / "templates"
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    wrong = []
    for path in paths:
        try:
            get_template(str(path.relative_to(folder)))
            for name in NAMED.findall(path.read_text()):
                get_template(name)
        except TemplateDoesNotExist as error:
            wrong.append(f"{path.relative_to(ROOT)}: there is no template {error}")
        except TemplateSyntaxError as error:
            wrong.append(f"{path.relative_to(ROOT)}: {error}")
    print("\n".join([*wrong, f"{len(paths)} templates compiled, {len(wrong)} wrong."]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
