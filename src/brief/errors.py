"""All errors that brief expects; each says what went wrong and what to do about it.

The exit code and the HTTP status are attributes of the class, so the command line and the service
need no translation. An exception that is not a `BriefError` is a bug (traceback, exit code 70).
See `Remark` in `datatypes.py` for notes on one article or bullet.

    BriefError
      UsageError       2    a flag, a setting or a name that does not exist
      InputError       65   this article cannot be read or holds no article
        EmptyInputError
        FetchError     65   a URL that could not be read
      ModelError       65   a model folder that is not usable
        HubError       69   the model hub cannot be reached
      PromptError      2    an input template that cannot be filled
      StorageError     65   the cache, the ledger or an output file cannot be read or written
      DeliveryError    65   a mail server that did not take an edition
      BusyError        75   another run is in progress; this one may be tried again
"""

from collections.abc import Iterable
from difflib import get_close_matches


class BriefError(Exception):
    """A failure that brief expects, with its remedy.

    Args:
        problem: What went wrong and where, with the offending value and what was allowed.
        remedy: What to do next, one clause; empty when there is nothing to do.

    Example:
        >>> print(BriefError("notes.pdf: not text", "convert it first"))
        notes.pdf: not text
          convert it first
    """

    exit_code = 65
    http_status = 422

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n  {self.remedy}" if self.remedy else self.problem

    @property
    def one_line(self) -> str:
        """Problem and remedy on one line."""
        return f"{self.problem}; {self.remedy}" if self.remedy else self.problem


class UsageError(BriefError):
    """A flag, a setting or a name that does not exist."""

    exit_code = 2
    http_status = 422


class InputError(BriefError):
    """One input that cannot be read as an article; the run goes on without it."""


class EmptyInputError(InputError):
    """An input that was read but holds no article body."""


class FetchError(InputError):
    """A URL that was refused or could not be read.

    Args:
        problem, remedy: As for every error.
        status: HTTP status of the failure; None when there was no response.
        passing: Whether the same request may succeed later.
        retry_after_s: Seconds to wait before asking the server again, infinite for the rest of
            the run; None when the server does not say.
    """

    http_status = 502

    def __init__(
        self,
        problem: str,
        remedy: str = "",
        *,
        status: int | None = None,
        passing: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(problem, remedy)
        self.status = status
        self.passing = passing
        self.retry_after_s = retry_after_s


class ModelError(BriefError):
    """A model that cannot be loaded or converted."""

    http_status = 500


class HubError(ModelError):
    """A hub model that is not on this machine, while the hub cannot be reached."""

    exit_code = 69
    http_status = 503


class PromptError(BriefError):
    """An input template that is missing, malformed or lacks a variable."""

    exit_code = 2
    http_status = 500


class StorageError(BriefError):
    """A cache, ledger or output that cannot be read or written."""

    http_status = 507


class DeliveryError(BriefError):
    """A mail server that could not be reached, or refused the message."""

    http_status = 502


class BusyError(BriefError):
    """Another run holds the lock; nothing is wrong, and a later attempt may succeed."""

    exit_code = 75
    http_status = 409


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy that suggests the nearest known name and lists all of them.

    Example:
        >>> nearest("t5-smal", ["t5-small", "lead"])
        'did you mean t5-small? known: lead, t5-small'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    listed = f"known: {', '.join(names)}"
    return f"did you mean {close[0]}? {listed}" if close else listed
