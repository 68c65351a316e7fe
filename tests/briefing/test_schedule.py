import shutil
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from brief.briefing import schedule
from brief.briefing.timezones import Zone
from brief.errors import StorageError

AT = time(6, 30)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    place = tmp_path / 'my "100%" news'
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return place


@pytest.fixture
def job(folder) -> schedule.ScheduledJob:
    (folder / "brief.toml").write_text("[morning]\n")
    return schedule.to_job(AT, Zone("Africa/Nairobi"))


def test_the_timer_names_time_zone_and_catch_up(job):
    text = schedule.timer(job)
    assert "OnCalendar=*-*-* 06:30:00 Africa/Nairobi" in text
    assert "Persistent=true" in text
    assert "WantedBy=timers.target" in text


def test_without_a_zone_it_is_the_machines(folder):
    assert "OnCalendar=*-*-* 06:30:00\n" in schedule.timer(schedule.to_job(AT, Zone()))


def test_the_service_finds_the_same_files_as_a_run_by_hand(job, folder, monkeypatch):
    text = schedule.service(job)
    assert f'"{sys.executable}" "-m" "brief" "morning" "run"' in text
    assert "WorkingDirectory=" in text
    for name in ("BRIEF_CONFIG", "BRIEF_DATA_DIR", "BRIEF_CACHE_DIR"):
        assert f'Environment="{name}=' in text
    # A percent sign is a specifier to systemd, and a quote would end the value.
    assert '\\"100%%\\"' in text
    assert "BRIEF_SMTP_PASSWORD" not in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_both_units(job, tmp_path, folder):
    for kind, text in (("service", schedule.service(job)), ("timer", schedule.timer(job))):
        (tmp_path / f"{schedule.NAME}.{kind}").write_text(text)
    units = [str(tmp_path / f"{schedule.NAME}.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if schedule.NAME in line]
    assert complaints == []


def test_the_cron_line_runs_what_it_says(job, folder, tmp_path):
    minutes, rest = schedule.cron(job).split(" * * * * ")
    assert minutes == "30,45,0,15"
    assert "--not-before 06:30 --tz Africa/Nairobi" in rest
    # cron unescapes percent signs, and hands the rest to the shell.
    command = rest.replace("\\%", "%").replace(
        "-m brief morning run",
        "-c 'import os, sys\n"
        'print(os.getcwd(), os.environ["BRIEF_CONFIG"], *sys.argv[1:], sep="|")\'',
    )
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip().split("|") == [
        str(folder),
        str(folder / "brief.toml"),
        "--quiet",
        "--not-before",
        "06:30",
        "--tz",
        "Africa/Nairobi",
    ]


def test_install_writes_the_units_and_starts_the_timer(job, tmp_path, monkeypatch):
    asked = tmp_path / "asked"
    fake = tmp_path / "bin" / "systemctl"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho "$@" >> "{asked}"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    said = schedule.install(job)
    units = tmp_path / "config/systemd/user"
    assert (units / "brief-morning.timer").read_text() == schedule.timer(job)
    assert (units / "brief-morning.service").read_text() == schedule.service(job)
    assert asked.read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable --now brief-morning.timer",
    ]
    assert said[-1] == "brief-morning.timer: started"


def test_without_systemd_the_units_are_written_and_cron_is_named(job, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "cron" in schedule.install(job)[-1]


def test_what_systemd_refuses_is_told(job, tmp_path, monkeypatch):
    fake = tmp_path / "systemctl"
    fake.write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    with pytest.raises(StorageError, match="Failed to connect to bus"):
        schedule.install(job)


def test_both_ways_are_shown(job):
    text = schedule.shown(job)
    assert schedule.timer(job) in text
    assert schedule.cron(job) in text
