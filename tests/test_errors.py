"""The tree of errors: every class has its exit code and status, messages have their shape."""

import pytest

from brief import errors
from brief.errors import BriefError, nearest

CLASSES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BriefError)
]
EXIT_CODES = {
    "BriefError": 65,
    "UsageError": 2,
    "InputError": 65,
    "EmptyInputError": 65,
    "FetchError": 65,
    "ModelError": 65,
    "HubError": 69,
    "PromptError": 2,
    "StorageError": 65,
    "DeliveryError": 65,
    "BusyError": 75,
}


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_its_exit_code_and_a_failing_status(kind):
    assert kind("problem").exit_code == EXIT_CODES[kind.__name__]
    assert 400 <= kind.http_status < 600


@pytest.mark.parametrize("kind", CLASSES)
def test_the_module_draws_its_own_tree(kind):
    drawn = next(
        line for line in errors.__doc__.splitlines() if line.split()[:1] == [kind.__name__]
    )
    depth = kind.__mro__.index(BriefError)
    assert len(drawn) - len(drawn.lstrip()) == 4 + 2 * depth


def test_the_remedy_stands_below_the_problem():
    error = BriefError("notes.pdf: not text", "convert it first")
    assert str(error) == "notes.pdf: not text\n  convert it first"
    assert (error.problem, error.remedy) == ("notes.pdf: not text", "convert it first")
    assert str(BriefError("notes.pdf: not text")) == "notes.pdf: not text"


def test_the_nearest_name_is_offered_and_all_are_listed():
    assert nearest("led", ["lexrank", "lead"]) == "did you mean lead? known: lead, lexrank"
    assert nearest("zzz", ["lexrank", "lead"]) == "known: lead, lexrank"
