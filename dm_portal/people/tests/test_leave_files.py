"""What files say of leave: CSV lines, and events of a calendar, hostile ones too."""

from datetime import date, time
from time import perf_counter

import pytest

from dm_portal.people.leave_files import LeaveFileRefused, Told, read_leave_file
from dm_portal.people.leave_files.told import MAX_BYTES, Span

TODAY = date(2026, 6, 1)
MONDAY, FRIDAY = date(2026, 6, 8), date(2026, 6, 12)
HEADING = "Person,First day,Last day,From,Until,Note,State\n"


def read(content: str | bytes, *, zone: str = "Europe/Berlin", only: str = "") -> list[Told]:
    data = content.encode() if isinstance(content, str) else content
    return read_leave_file(data, zone=zone, today=TODAY, only=only)


def ics(*events: str) -> str:
    """A calendar of these events, each a few lines."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n"


def spans(*lines: str, zone: str = "Europe/Berlin") -> list[Span]:
    """The leave of one event."""
    (told,) = read(ics("\n".join(lines)), zone=zone)
    assert told.reason == ""
    return list(told.spans)


def reason(*lines: str) -> str:
    (told,) = read(ics("\n".join(lines)))
    return told.reason


def day(text: str) -> Span:
    return Span(date.fromisoformat(text), date.fromisoformat(text))


# Tables


def test_lines_say_who_is_away_and_when() -> None:
    told = read(HEADING + "Mara,2026-06-08,2026-06-12,,,Away,Counts\n\nOtto,2026-06-08,,9:00,12:30")
    assert told == [
        Told("Line 2", "Mara", (Span(MONDAY, FRIDAY),), "Away"),
        Told("Line 4", "Otto", (Span(MONDAY, MONDAY, time(9), time(12, 30)),)),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_spreadsheets_file_is_read(encoding: str) -> None:
    text = "E-MAIL;Name;First_day;Last_day;Team\nm@x.example;Mära;2026-06-08;2026-06-12;QA\n"
    assert read(text.encode(encoding)) == [Told("Line 2", "m@x.example", (Span(MONDAY, FRIDAY),))]


def test_a_formula_comes_back_as_it_was() -> None:
    (told,) = read(HEADING + "Mara,2026-06-08,2026-06-08,,,'=1+1,\n")
    assert told.note == "=1+1"


def test_what_was_taken_back_is_left_out() -> None:
    (told,) = read(HEADING + "Mara,2026-06-08,2026-06-08,,,,Taken back\n")
    assert told.left_out
    assert told.spans == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Mara,8.6.2026,2026-06-08,,,,", "First day is “8.6.2026”"),
        ("Mara,2026-06-08,tomorrow,,,,", "Last day is “tomorrow”"),
        ("Mara,2026-06-08,,noon,,,", "“noon” is no time"),
        ("Mara,2026-06-08,,,12:00:30,,", "“12:00:30” is no time"),
        ("Mara,2026-06-08,,,12:00+01:00,,", "“12:00+01:00” is no time"),
        ("Ma\0ra,2026-06-08,,,,,", "NUL character"),
        (f"Mara,2026-06-08,,,,{'x' * 121},", "more than 120 characters"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, why: str) -> None:
    (told,) = read(HEADING + line)
    assert told.where == "Line 2"
    assert why in told.reason
    assert not told.left_out


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "neither a calendar"),
        ("key,title\n1,x\n", "neither a calendar"),
        ("First day,Last day\n", "neither a calendar"),
        (b"\xff\xff\xff", "no text in UTF-8"),
        (b"\xff\xfe\x00\xd8", "no text in UTF-8"),
        (HEADING + "x\n" * 1001, "more than 1000 lines"),
        (HEADING + '"' + "x" * 200_000, "no CSV that can be read"),
        ("x" * (MAX_BYTES + 1), "larger than 512 KB"),
    ],
)
def test_a_file_that_is_none_says_why(content: str | bytes, why: str) -> None:
    with pytest.raises(LeaveFileRefused, match=why):
        read(content)


# Calendars


def test_whole_days_end_before_their_end() -> None:
    assert spans("DTSTART;VALUE=DATE:20260608", "DTEND;VALUE=DATE:20260613") == [
        Span(MONDAY, FRIDAY)
    ]


@pytest.mark.parametrize("end", ["", "DTEND;VALUE=DATE:20260608", "DURATION:P1D"])
def test_a_day_without_a_later_end_is_one_day(end: str) -> None:
    assert spans("DTSTART;VALUE=DATE:20260608", *filter(None, [end])) == [Span(MONDAY, MONDAY)]


def test_a_mark_of_the_encoding_is_no_part_of_it() -> None:
    (told,) = read(b"\xef\xbb\xbf" + ics("DTSTART;VALUE=DATE:20260608").encode())
    assert told.spans == (Span(MONDAY, MONDAY),)


def test_titles_are_named_and_not_kept() -> None:
    (told,) = read(ics("SUMMARY:Dentist\nDTSTART;VALUE=DATE:20260608"))
    assert (told.where, told.note) == ("Event 1, “Dentist”", "")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20260608T080000Z", "DTEND:20260608T100000Z"], (10, 12)),
        (["DTSTART:20260608T100000", "DURATION:PT2H"], (10, 12)),
        (["DTSTART;TZID=Asia/Kolkata:20260608T133000", "DURATION:PT2H"], (10, 12)),
        (["DTSTART;TZID=W. Europe Standard Time:20260608T100000", "DURATION:PT2H"], (10, 12)),
    ],
)
def test_hours_are_read_on_the_clock_of_whoever_is_away(
    lines: list[str], expected: tuple[int, int]
) -> None:
    assert spans(*lines) == [Span(MONDAY, MONDAY, *map(time, expected))]


def test_hours_over_days_are_split_at_midnight() -> None:
    assert spans("DTSTART:20260608T120000", "DTEND:20260611T090000") == [
        Span(MONDAY, MONDAY, time(12), None),
        Span(date(2026, 6, 9), date(2026, 6, 10)),
        Span(date(2026, 6, 11), date(2026, 6, 11), None, time(9)),
    ]


def test_hours_from_midnight_to_midnight_are_whole_days() -> None:
    assert spans("DTSTART:20260608T000000", "DTEND:20260610T000000") == [
        Span(MONDAY, date(2026, 6, 9))
    ]


def test_a_night_has_two_parts() -> None:
    assert spans("DTSTART:20260608T220000", "DTEND:20260609T060000") == [
        Span(MONDAY, MONDAY, time(22), None),
        Span(date(2026, 6, 9), date(2026, 6, 9), None, time(6)),
    ]


def test_hours_in_which_the_clock_goes_back_are_all_away() -> None:
    assert spans("DTSTART:20261025T004500Z", "DTEND:20261025T011500Z") == [
        Span(date(2026, 10, 25), date(2026, 10, 25), time(2, 15), time(2, 45))
    ]


# What repeats


def test_what_repeats_is_told_day_by_day() -> None:
    found = spans("DTSTART;VALUE=DATE:20260605", "RRULE:FREQ=WEEKLY;COUNT=3")
    assert found == [day("2026-06-05"), day("2026-06-12"), day("2026-06-19")]


def test_days_that_are_taken_out_or_added_count() -> None:
    found = spans(
        "DTSTART:20260605T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE:20260612T100000",
        "EXDATE:20260619T110000",
        "RDATE:20260701T100000",
        "RDATE;VALUE=DATE:20260702",
        "RDATE:20260703T100000Z",
    )
    assert [span.starts_on for span in found] == [
        date(2026, 6, 5),
        date(2026, 6, 19),
        date(2026, 7, 1),
    ]


def test_one_that_was_moved_is_told_once() -> None:
    told = read(
        ics(
            "UID:1\nDTSTART;VALUE=DATE:20260605\nRRULE:FREQ=WEEKLY;COUNT=2",
            "UID:1\nRECURRENCE-ID;VALUE=DATE:20260612\nDTSTART;VALUE=DATE:20260613",
            "UID:1\nRECURRENCE-ID:x\nDTSTART;VALUE=DATE:20260620",
        )
    )
    found = [span for each in told for span in each.spans]
    assert found == [day("2026-06-05"), day("2026-06-13"), day("2026-06-20")]


def test_only_days_around_today_are_told_of_what_goes_on_for_ever() -> None:
    found = spans("DTSTART;VALUE=DATE:20000101", "RRULE:FREQ=YEARLY")
    assert found == [day("2026-01-01"), day("2027-01-01"), day("2028-01-01")]


@pytest.mark.parametrize(
    ("start", "until", "last"),
    [
        ("DTSTART;VALUE=DATE:20260601", "20260602", 2),
        ("DTSTART;VALUE=DATE:20260601", "20260602T000000Z", 2),
        ("DTSTART;TZID=Europe/Berlin:20260601T100000", "20260602T080000Z", 2),
        ("DTSTART;TZID=Europe/Berlin:20260601T100000", "20260602T075900Z", 1),
        ("DTSTART:20260601T100000", "20260602T100000", 2),
    ],
)
def test_what_repeats_until_a_time_ends_by_then(start: str, until: str, last: int) -> None:
    length = "DURATION:P1D" if "VALUE" in start else "DURATION:PT1H"
    found = spans(start, length, f"RRULE:FREQ=DAILY;UNTIL={until}")
    assert found[-1].starts_on == date(2026, 6, last)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["STATUS:CANCELLED", "DTSTART;VALUE=DATE:20260608"], "cancelled"),
        (["DTSTART;VALUE=DATE:20000101", "RRULE:FREQ=DAILY;UNTIL=20010101"], "around today"),
    ],
)
def test_what_takes_no_place_is_left_out(lines: list[str], why: str) -> None:
    (told,) = read(ics("\n".join(lines)))
    assert told.left_out
    assert why in told.reason


BEGUN = "DTSTART;VALUE=DATE:20260608"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["SUMMARY:x"], "not say when it begins"),
        (["DTSTART:tomorrow"], "DTSTART cannot be read"),
        (["DTSTART:20260608T100000", "DTSTART:20260609T100000"], "DTSTART cannot be read"),
        (["DTSTART:PT2H"], "DTSTART cannot be read"),
        (["DTSTART;VALUE=DATE:00010101"], "beyond the years"),
        ([BEGUN, "DURATION:P9999999D"], "beyond the years"),
        ([BEGUN, "DURATION:forever"], "not say when it ends"),
        (["DTSTART:20260608T100000"], "not say when it ends"),
        ([BEGUN, "DTEND:20260609T100000"], "begins on a day and ends at a time"),
        (["DTSTART:20260608T100000", "DTEND:20260608T100000Z"], "one of its times has a zone"),
        (["DTSTART:20260608T100000", "DTEND:20260608T100000"], "ends before it has begun"),
        ([BEGUN, "DTEND;VALUE=DATE:20260601"], "ends before it has begun"),
        (["DTSTART;TZID=Mars/Base:20260608T100000", "DURATION:PT1H"], "“Mars/Base” is not known"),
        ([BEGUN, "RRULE:FREQ=SECONDLY"], "not followed here"),
        ([BEGUN, "RRULE:nonsense"], "not followed here"),
        ([BEGUN, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], "not followed here"),
        ([BEGUN, "RRULE:FREQ=DAILY;UNTIL=100000"], "not followed here"),
        (["DTSTART;VALUE=DATE:19990101", "RRULE:FREQ=DAILY;COUNT=9"], "more than ten years ago"),
    ],
)
def test_an_event_that_cannot_be_read_says_why(lines: list[str], why: str) -> None:
    assert why in reason(*lines)


def test_only_events_with_a_word_in_their_title_are_read() -> None:
    content = ics(f"SUMMARY:Urlaub\n{BEGUN}", f"SUMMARY:Standup\n{BEGUN}", BEGUN)
    assert [told.where for told in read(content, only="URLAUB")] == ["Event 1, “Urlaub”"]


def test_what_a_file_says_of_a_zone_is_not_followed() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        "TZOFFSETFROM:+1400\nTZOFFSETTO:+1400\nRRULE:FREQ=SECONDLY\nEND:STANDARD\n"
        "END:VTIMEZONE\n"
    )
    event = "DTSTART;TZID=Europe/Berlin:20260608T100000\nDURATION:PT1H"
    content = ics(event).replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT")
    (told,) = read(content)
    assert told.spans == (Span(MONDAY, MONDAY, time(10), time(11)),)


MANY = "DTSTART;VALUE=DATE:20250701\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("BEGIN:VCALENDAR\n", "no events"),
        (ics(), "no events"),
        ("BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR", "broken"),
        ("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\n", "no events"),
        (b"BEGIN:VCALENDAR\n\0END:VCALENDAR", "NUL"),
        (ics("DTSTART;TZID=America:20261201T090000"), "broken"),
        (ics(f"DTSTART;TZID={'A' * 300}:20261201T090000"), "broken"),
        (ics(f"{BEGUN}\nEXDATE;TZID=Europe:20261201T090000"), "broken"),
        (ics(*[BEGUN] * 1001), "more than 1000 events"),
        ("BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 5000, "more than 1000 events"),
        (ics(*[MANY] * 101), "More than 100 events repeat"),
        (ics(f"{BEGUN}\nRRULE:FREQ=DAILY", BEGUN, *[f"{BEGUN}\nRRULE:FREQ=DAILY"]), "times of"),
    ],
)
def test_a_calendar_that_is_none_or_too_much_says_so(content: str | bytes, why: str) -> None:
    with pytest.raises(LeaveFileRefused, match=why):
        read(content)


def test_no_rule_keeps_us_busy() -> None:
    began = perf_counter()
    told = read(ics(*[MANY] * 100))
    assert all(each.left_out for each in told)
    assert perf_counter() - began < 10  # a second where nobody else is at work
