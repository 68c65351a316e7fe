from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.timezones import Zone, to_date, to_time, to_zone
from brief.errors import UsageError

BERLIN = Zone("Europe/Berlin")


def test_a_day_is_as_long_as_the_clock_makes_it():
    hours = {
        on: (BERLIN.day(on)[1] - BERLIN.day(on)[0]) / timedelta(hours=1)
        for on in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 23))
    }
    assert list(hours.values()) == [23, 25, 24]


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("wall", [time(2, 30), time(6, 30)])
def test_a_daily_time_comes_once_a_day_over_a_change_of_the_clock(change, wall):
    # 02:30 does not exist on the first of these nights, and comes twice on the second.
    now = BERLIN.at(change - timedelta(days=2), time(12))
    dates = []
    for _ in range(4):
        now = BERLIN.next(now, wall)
        dates.append(BERLIN.local(now).date())
    assert dates == [change + timedelta(days=n) for n in (-1, 0, 1, 2)]


def test_a_time_that_the_clock_shows_twice_is_met_at_its_first():
    assert BERLIN.at(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_skipped_time_is_still_to_come_that_night():
    just_before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert BERLIN.next(just_before, time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(
    st.integers(0, 2_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None)),
    st.sampled_from(
        ["Africa/Nairobi", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
)
def test_the_next_time_is_ahead_and_at_most_a_long_day_away(now, wall, name):
    ahead = Zone(name).next(now, wall) - now
    assert timedelta(0) < ahead <= timedelta(hours=25)


def test_without_a_name_it_is_this_machines_clock():
    on = date(2026, 11, 23)
    assert to_zone("local") == to_zone(None) == Zone()
    shown = Zone().local(Zone().at(on, time(6, 30)))
    assert (shown.date(), shown.time()) == (on, time(6, 30))


def test_an_unknown_zone_names_the_nearest():
    with pytest.raises(UsageError) as caught:
        to_zone("Africa/Nairobbi")
    assert "did you mean Africa/Nairobi?" in caught.value.remedy
    with pytest.raises(UsageError):
        to_zone("../../etc/passwd")


@pytest.mark.parametrize("text", ["24:00", "6", "06:60", "six", "", "06:30:00"])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(UsageError, match="not a time of day"):
        to_time(text)


def test_times_and_dates_are_read():
    assert to_time("6:05") == time(6, 5)
    assert to_date("2026-11-23") == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", "", "0001-01-01", "9999-12-31"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(UsageError, match="not a date"):
        to_date(text)
