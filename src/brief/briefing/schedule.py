"""Schedule the daily run: a systemd timer, and a line for cron.

Both make up for a machine that slept: the timer is persistent, and cron looks every quarter of
an hour, which costs nothing once the edition is finished and delivered.
"""

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from string import Template

from platformdirs import user_config_path

from brief.briefing.timezones import Zone
from brief.errors import StorageError
from brief.files import cannot_write, write_bytes
from brief.settings import cache_dir, config_path, data_dir

NAME = "brief-morning"
SYSTEMCTL_TIMEOUT_S = 30
_UNITS = Path(__file__).parent / "systemd"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """What runs, when and where.

    Attributes:
        at: Wall time.
        zone: Whose.
        command: Program and arguments, absolute.
        folder: Working folder, absolute.
        environment: What the run needs to find the same files as a run by hand.
    """

    at: time
    zone: Zone
    command: tuple[str, ...]
    folder: Path
    environment: tuple[tuple[str, str], ...]


def to_job(at: time, zone: Zone) -> ScheduledJob:
    """The run that this command line would make, wherever it is started from."""
    config = config_path().absolute()
    places = {"BRIEF_DATA_DIR": data_dir().absolute(), "BRIEF_CACHE_DIR": cache_dir().absolute()}
    if config.exists():
        places["BRIEF_CONFIG"] = config
    return ScheduledJob(
        at=at,
        zone=zone,
        command=(sys.executable, "-m", "brief", "morning", "run"),
        folder=Path.cwd(),
        environment=tuple(sorted((name, str(path)) for name, path in places.items())),
    )


def service(job: ScheduledJob) -> str:
    """The systemd unit that runs once."""
    return _filled(
        "service",
        folder=_unit(str(job.folder)),
        environment="\n".join(
            f'Environment="{n}={_quoted(value)}"' for n, value in job.environment
        ),
        command=" ".join(f'"{_quoted(part)}"' for part in job.command),
    )


def timer(job: ScheduledJob) -> str:
    """The systemd unit that starts it."""
    return _filled("timer", at=f"{job.at:%H:%M}", zone=f" {job.zone.name}" if job.zone.name else "")


def cron(job: ScheduledJob) -> str:
    """The line for `crontab -e`: looks every quarter of an hour, and works once a day."""
    minutes = ",".join(str((job.at.minute + n) % 60) for n in (0, 15, 30, 45))
    zone = ("--tz", job.zone.name) if job.zone.name else ()
    command = (*job.command, "--quiet", "--not-before", f"{job.at:%H:%M}", *zone)
    places = (f"{name}={shlex.quote(value)}" for name, value in job.environment)
    line = " ".join(["cd", shlex.quote(str(job.folder)), "&&", *places, shlex.join(command)])
    # To cron a percent sign is a line break.
    return f"{minutes} * * * * {line.replace('%', chr(92) + '%')}\n"


def shown(job: ScheduledJob) -> str:
    """Both, with where they go."""
    folder = _unit_folder()
    return "\n".join(
        [
            f"# {folder / NAME}.service",
            service(job),
            f"# {folder / NAME}.timer",
            timer(job),
            f"# then: systemctl --user enable --now {NAME}.timer",
            "# and, so that it runs while you are not logged in: loginctl enable-linger",
            "# (brief morning schedule --install does the first)",
            "",
            "# or, with cron (crontab -e):",
            cron(job),
        ]
    )


def install(job: ScheduledJob) -> list[str]:
    """Put the units in their place, and start the timer where systemd is at work.

    Returns:
        What was done, a line each.

    Raises:
        StorageError: They cannot be written, or systemd refuses them.
    """
    folder = _unit_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    for kind, text in (("service", service(job)), ("timer", timer(job))):
        write_bytes(folder / f"{NAME}.{kind}", text.encode())
    done = [f"{folder / NAME}.service and .timer: written"]
    program = shutil.which("systemctl")
    if program is None:
        return [*done, "there is no systemd here to start them: use the cron line"]
    for arguments in (("daemon-reload",), ("enable", "--now", f"{NAME}.timer")):
        finished = subprocess.run(  # noqa: S603 - our own words
            [program, "--user", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=SYSTEMCTL_TIMEOUT_S,
        )
        if finished.returncode:
            raise StorageError(
                f"systemctl --user {' '.join(arguments)}: {finished.stderr.strip()}",
                "the units are written; start them by hand, or use the cron line",
            )
    return [*done, f"{NAME}.timer: started"]


def _filled(kind: str, **values: str) -> str:
    return Template((_UNITS / f"{NAME}.{kind}").read_text("utf-8")).substitute(values)


def _unit_folder() -> Path:
    return user_config_path("systemd", appauthor=False) / "user"


def _quoted(text: str) -> str:
    """Within double quotes of a unit; a percent sign would be a specifier, a dollar a variable."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")


def _unit(text: str) -> str:
    """As the whole of a setting's value."""
    return text.replace("%", "%%")
