"""One tree of errors: what went wrong, and what the reader can do about it.

Exit code and HTTP status live on the class, so the command line and the service never
translate. An exception that is not a `BriefError` is a bug (traceback, exit code 70).
Left out: remarks on one article or one bullet; those are data (`datatypes.py`).

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
      BusyError        75   another run is at work; this one may be tried again
"""

from collections.abc import Iterable
from difflib import get_close_matches


class BriefError(Exception):
    """A failure that brief expects, with its remedy.

    Args:
        problem: What and where, with the offending value and what was allowed.
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
        status: The HTTP status that ended it; None when it came to none.
        passing: Whether the same request may well succeed at another time.
        retry_after_s: For how long the server is to be left alone, infinite for the whole run;
            None when it does not say.
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
    """A mail server that could not be reached, or refused what it was given."""

    http_status = 502


class BusyError(BriefError):
    """Another run holds the lock; nothing is wrong, and a later try may get it."""

    exit_code = 75
    http_status = 409


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy that lists the known names, the likeliest first.

    Example:
        >>> nearest("t5-smal", ["t5-small", "lead"])
        'did you mean t5-small? known: lead, t5-small'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    listed = f"known: {', '.join(names)}"
    return f"did you mean {close[0]}? {listed}" if close else listed
