"""Logging of the service: one JSON object per line on stderr, each with the id of its request.

Articles are logged only if configured; a logged problem may name an article's id.

Tested in `tests/service/test_app.py`.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Id of the request that is being answered."""

_log = logging.getLogger("brief.service")


def log(event: str, **facts: object) -> None:
    """Log an event with its facts."""
    _log.info(event, extra={"facts": facts})


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", None)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if facts is not None else "server",
            "request_id": request_id.get(),
        }
        if facts is None:
            line["message"] = record.getMessage()
            if record.exc_info:
                line["trace"] = self.formatException(record.exc_info)
        else:
            line |= facts
        return json.dumps(line, ensure_ascii=True, default=str)


def log_to_stderr() -> None:
    """Send the log of the service and of uvicorn to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(_AsJson())
    for name in ("brief.service", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
