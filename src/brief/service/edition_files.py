"""Read the morning job's editions from their folder: `DATE.json`, one `brief.edition/2` each.

Files of the previous version are answered in this version. The folder is read for every request,
so that a service that runs for weeks shows this morning's edition.

Tested in `tests/service/test_app.py`.
"""

import json
import re
from datetime import date
from pathlib import Path

from brief.briefing.briefing_types import EDITION_SCHEMA
from brief.briefing.render.edition_json import OLD_SCHEMA, from_json, to_json
from brief.errors import StorageError
from brief.service.api_requests import RequestError

LATEST = "latest"

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.json")


def dates(folder: Path | None) -> list[str]:
    """The dates of the editions, the latest first; none without a folder.

    Raises:
        StorageError: The folder cannot be read.
    """
    if folder is None or not folder.exists():
        return []
    try:
        found = [_NAME.fullmatch(path.name) for path in folder.iterdir()]
    except OSError as error:
        raise StorageError(f"the editions cannot be read ({error.strerror})") from None
    return sorted((match[1] for match in found if match and _is_date(match[1])), reverse=True)


def edition(folder: Path | None, day: str) -> bytes:
    """One edition's JSON: the file's bytes, converted if they are of an earlier version.

    Args:
        folder: Folder of the editions.
        day: A date, or `latest`.

    Raises:
        RequestError: 422 (not a date) or 404 (no such edition).
        StorageError: The file cannot be read, or is not an edition.
    """
    if day != LATEST and not _is_date(day):
        raise RequestError(422, f"{day[:40]!r} is no date", f"write it as 2026-11-25, or {LATEST}")
    known = dates(folder)
    if day == LATEST and known:
        day = known[0]
    if folder is None or day not in known:
        raise RequestError(404, f"there is no edition of {day}", "see GET /v1/editions")
    try:
        content = (folder / f"{day}.json").read_bytes()
        schema = json.loads(content).get("schema")
        if schema == EDITION_SCHEMA:
            return content
        if schema == OLD_SCHEMA:
            return to_json(from_json(content.decode())).encode()
        what = f"its schema is not {EDITION_SCHEMA}"
    except OSError as error:
        what = str(error.strerror)
    except (ValueError, AttributeError):
        what = "not a JSON object"
    raise StorageError(f"the edition of {day} cannot be read ({what})", "run the morning job again")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
