import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from brief import models
from brief.errors import ModelError, UsageError
from brief.models import catalog
from brief.models.base import ModelCard
from brief.models.catalog import card_for_folder, card_of, cards
from brief.models.prompts import load_prompt

NAMES = list(cards())


def read(tmp_path: Path, text: str) -> dict[str, ModelCard]:
    path = tmp_path / "cards.toml"
    path.write_text(text)
    return catalog._read_cards(path)


@pytest.mark.parametrize("name", NAMES)
def test_every_card_can_be_used(name):
    card = card_of(name)
    assert card.name == name
    prompt = load_prompt(card.prompt)
    assert not card.keep_token or card.keep_token in prompt.output
    assert card.generation.min_new_tokens <= card.generation.max_new_tokens
    assert card.verbatim == (not card.source)
    assert card.about
    assert len(set(card.languages)) == len(card.languages)
    if card.source and "/" not in card.source:
        assert (Path(models.__file__).parent / card.source / "config.json").is_file()
    for score in card.scores:
        assert re.search(r"\d+\.\d+ / \d+\.\d+ / \d+\.\d+ \(.+\)$", score)


def test_the_named_models_are_there():
    assert {"news-small", "lead", "lexrank", "t5-small", "bart-large-cnn"} <= set(NAMES)


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(UsageError, match="did you mean t5-small"):
        card_of("t5-smal")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[x]\nabout = "y"\nbudgt = {}',
            "cards.toml [x]: unknown setting budgt\n  did you mean budget",
        ),
        ('[x]\nabout = "y"\nbudget = { max_tokens = 4 }', "[x] budget: unknown setting max_tokens"),
        ('[x]\nabout = "y"', "[x]: budget is missing"),
        ('[x]\nabout = "y"\nbudget = 4', "[x]: budget must be a table, not 4"),
        ('[x]\nuncased = "no"', "[x]: uncased must be true or false, not 'no'"),
        ('[x]\ngeneration = { length = "tall" }', "length must be one of short, medium, long"),
        ('[x]\nsize_mb = "4"', "size_mb must be a number, not '4'"),
        ("[x\n", "not TOML"),
    ],
)
def test_a_malformed_card_is_refused(tmp_path, text, message):
    with pytest.raises(ModelError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("config", "prompt", "max_source_tokens"),
    [
        ({"model_type": "bart", "max_position_embeddings": 700}, "plain", 700),
        ({"model_type": "led", "max_encoder_position_embeddings": 9000}, "plain", 9000),
        ({"model_type": "t5"}, "t5", 512),
        ({"model_type": "t5", "n_positions": 384}, "t5", 384),
        ({"model_type": "mt5", "max_position_embeddings": 10**30}, "plain", 512),
    ],
)
def test_a_card_is_inferred_from_the_config(tmp_path, config, prompt, max_source_tokens):
    card = card_for_folder(tmp_path, config, "mine")
    assert (card.name, card.prompt) == ("mine", prompt)
    assert card.budget.max_source_tokens == max_source_tokens
    assert card.generation.num_beams == 1


def test_generation_settings_come_from_the_folder(tmp_path):
    (tmp_path / "generation_config.json").write_text(
        json.dumps({"num_beams": 3, "max_length": 80, "max_new_tokens": 70, "top_k": 5})
    )
    card = card_for_folder(tmp_path, {"model_type": "bart", "length_penalty": 0.5}, "mine")
    assert card.generation.num_beams == 3
    assert card.generation.max_new_tokens == 70
    assert card.generation.length_penalty == 0.5


def test_a_folders_own_card_is_taken_at_its_word(tmp_path):
    (tmp_path / "card.toml").write_text(
        'about = "fine-tuned"\nprompt = "news-small"\nkeep_token = "[unused1]"\n'
        "budget = { max_source_tokens = 90, max_focus_sentences = 1 }\n"
    )
    card = card_for_folder(tmp_path, {"model_type": "bart"}, "mine")
    assert card.name == "mine"
    assert card.source == str(tmp_path)
    assert card.prompt == "news-small"
    assert card.budget.max_source_tokens == 90


def test_every_field_of_a_card_is_documented():
    for field in fields(ModelCard):
        assert re.search(rf"\b{field.name}\b.*:", ModelCard.__doc__ or ""), field.name
