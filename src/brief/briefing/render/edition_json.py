"""Read and write an edition as the documented JSON object `brief.edition/2` (docs/schemas.md).

Its keys are the fields of `Edition` and of the objects in it. The previous version,
`brief.edition/1`, can be read, too: older ledgers contain it.
"""

import json

from brief.briefing.briefing_types import EDITION_SCHEMA, Edition
from brief.records import dump, from_first_version, load

OLD_SCHEMA = "brief.edition/1"
"""Its articles and bullets have `warnings` instead of `remarks`; all else is the same."""


def to_json(edition: Edition) -> str:
    """The edition as one JSON object, ending in a line break."""
    # A text that was cut inside a surrogate pair cannot be encoded as UTF-8.
    written = json.dumps(dump(edition), ensure_ascii=False, indent=2)
    return written.encode("utf-8", "ignore").decode("utf-8") + "\n"


def from_json(text: str) -> Edition:
    """The edition that `to_json` wrote, in this version or the previous one.

    Every format renders it to the same bytes as the original. Its reports have neither body nor
    lead nor bullets.

    Raises:
        ValueError: The text does not follow this schema.
    """
    record = json.loads(text)
    schema = record.get("schema") if isinstance(record, dict) else None
    if schema == OLD_SCHEMA:
        record = {**from_first_version(record), "schema": EDITION_SCHEMA}
    elif schema != EDITION_SCHEMA:
        raise ValueError(f"not a {EDITION_SCHEMA}: {schema!r}")
    try:
        return load(Edition, record)
    except ValueError as error:
        raise ValueError(f"not a {EDITION_SCHEMA}: {error}") from error
