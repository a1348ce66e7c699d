"""What the holidays library is asked, and in which words it answers."""

from datetime import date

import pytest

from dm_portal.people.holiday_names import COUNTRIES, holidays_of, region_code, regions


def test_countries_have_names() -> None:
    assert [COUNTRIES[code] for code in ("DE", "GB", "US")] == [
        "Germany",
        "United Kingdom",
        "United States",
    ]


def test_holidays_are_named_in_english_where_the_library_can() -> None:
    assert holidays_of("DE", "", 2026)[date(2026, 10, 3)] == "German Unity Day"
    assert holidays_of("GB", "ENG", 2026)[date(2026, 8, 31)] == "Late Summer Bank Holiday"


def test_a_language_that_is_not_there_is_not_asked_for() -> None:
    assert holidays_of("IM", "", 2026)[date(2026, 12, 25)] == "Christmas Day"


def test_years_that_a_country_is_not_calculated_for_have_the_rest() -> None:
    assert holidays_of("IN", "", 1999)[date(1999, 8, 15)] == "Independence Day"


def test_without_a_country_there_are_no_holidays() -> None:
    assert holidays_of("", "", 2026) == {}


def test_regions_have_the_plainest_of_their_names() -> None:
    assert regions("IN")["AR"] == "Arunachal Pradesh"
    assert regions("GB")["ENG"] == "England"
    assert regions("VA") == {}


@pytest.mark.parametrize(
    ("said", "code"),
    [("by", "BY"), ("Bayern", "BY"), ("augsburg", "Augsburg"), ("Bavaria", None), ("XX", None)],
)
def test_a_region_is_found_by_code_or_name(said: str, code: str | None) -> None:
    assert region_code("DE", said) == code


def test_a_region_is_found_by_its_other_spelling() -> None:
    assert region_code("IN", "Bihār") == "BR"
