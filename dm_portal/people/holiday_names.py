"""Public holidays by country and region, as the holidays library tells them; in English if it can.

Pure but for the library: no database, no clock.
"""

import re
import warnings
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

import holidays
from holidays.registry import COUNTRIES as REGISTRY

PREFERRED_LANGUAGE = "en_US"


def _country_name(class_name: str) -> str:
    """ "UnitedKingdom" is how the library writes the United Kingdom."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", class_name)


# ISO 3166 code -> name, in the order of names
COUNTRIES: Mapping[str, str] = {
    code: name
    for name, code in sorted((_country_name(entry[0]), entry[1]) for entry in REGISTRY.values())
}


@cache
def regions(country: str) -> Mapping[str, str]:
    """The regions of a country: code -> name. Empty where the library knows none."""
    entity = getattr(holidays, country)
    # of several spellings of one region the library lists the plainest first
    spellings = reversed(getattr(entity, "subdivisions_aliases", {}).items())
    return {code: code for code in entity.subdivisions} | {code: name for name, code in spellings}


def region_code(country: str, said: str) -> str | None:
    """The code of a region that was written as its code or its name; None if there is no such."""
    wanted = said.strip().casefold()
    for code, name in regions(country).items():
        if wanted in (code.casefold(), name.casefold()):
            return code
    aliases = getattr(getattr(holidays, country), "subdivisions_aliases", {})
    return next((code for name, code in aliases.items() if name.casefold() == wanted), None)


@lru_cache(maxsize=2048)
def holidays_of(country: str, region: str, year: int) -> Mapping[date, str]:
    """The public holidays of one year: day -> name. None at all without a country."""
    if not country:
        return {}
    entity = getattr(holidays, country)
    language = PREFERRED_LANGUAGE if PREFERRED_LANGUAGE in entity.supported_languages else None
    with warnings.catch_warnings():
        # India's movable feasts are calculated for some years only; of others it tells the rest
        warnings.filterwarnings("ignore", message="Requested Holidays are available only")
        found = holidays.country_holidays(
            country, subdiv=region or None, years=year, language=language
        )
    return dict(sorted(found.items()))
