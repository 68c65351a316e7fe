import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Sentence
from brief.errors import ModelError, PromptError
from brief.models.catalog import card_for_folder, card_of
from brief.models.checkpoint_folder import read_config
from brief.models.registry import SALIENCE
from brief.models.salience import FLOOR, Layout, Markers, SalienceModel, to_windows
from tests.fakes.tiny_models import ARTICLES
from tests.models.test_tokenization import ENCODINGS, NEWS_SMALL, news_small

ENCODING = news_small()
MARKERS = Markers(ENCODING)
LAYOUT = Layout(max_window_tokens=40, max_sentence_tokens=12, max_lead_tokens=8, max_windows=3)


def sentences(text: str) -> list[Sentence]:
    return [Sentence(line, 0, len(line), index) for index, line in enumerate(text.splitlines())]


@given(st.lists(st.lists(st.integers(200, 9000), min_size=1, max_size=30), max_size=30))
def test_windows_hold_every_sentence_once_and_in_order(ids):
    windows = to_windows(ids, MARKERS, LAYOUT)
    shown = [index for window in windows for index in window.sentences]
    assert shown == list(range(len(shown)))
    assert len(shown) == len(ids) or len(windows) == LAYOUT.max_windows
    for window in windows:
        assert len(window.ids) <= LAYOUT.max_window_tokens
        assert window.ids[0] == MARKERS.start
        for place, index in zip(window.markers, window.sentences, strict=True):
            begun = ids[index][: LAYOUT.max_sentence_tokens]
            assert window.ids[place] == MARKERS.of(index)
            assert list(window.ids[place + 1 : place + 1 + len(begun)]) == begun


def test_later_windows_open_with_the_lead():
    first, second, *_ = to_windows([[number] * 12 for number in range(300, 312)], MARKERS, LAYOUT)
    assert first.ids[:2] == (MARKERS.start, MARKERS.end)
    assert second.ids[:10] == (MARKERS.start, *[300] * 8, MARKERS.end)


def tiny_tagger(folder):
    """A random model of news-small's vocabulary, with a salience that was never trained."""
    import torch
    import transformers

    from brief.training.export_salience import export_salience
    from brief.training.lora import Tagger

    torch.manual_seed(3)
    base = folder / "base"
    config = transformers.BartConfig(
        vocab_size=17_263,
        d_model=16,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=512,
        pad_token_id=0,
    )
    model = transformers.BartForConditionalGeneration(config)
    model.save_pretrained(base)
    for path in NEWS_SMALL.glob("tokenizer*.json"):
        shutil.copy(path, base)
    tagger = Tagger(model.get_encoder(), 4).eval()
    with torch.no_grad():
        for _, layer in tagger.adapted():
            layer.up.normal_(std=0.2)
        tagger.head.weight.mul_(20)
    export_salience(tagger, base, card_of("news-small"), LAYOUT, folder / "made")
    return tagger, folder / "made"


@pytest.mark.torch
def test_what_is_written_scores_as_what_was_trained(tmp_path):
    import torch

    from brief.training.salience_task import packed

    tagger, folder = tiny_tagger(tmp_path)
    some = sentences(ARTICLES[0])
    windows = to_windows(ENCODING.text_ids([sentence.text for sentence in some]), MARKERS, LAYOUT)
    with torch.inference_mode():
        wanted = tagger(*packed(windows)).tolist()
    model = SalienceModel(folder / SALIENCE, ENCODING, 1)
    scores = model.log_odds(some)
    assert len(scores) == len(some)
    assert scores[: len(wanted)] == pytest.approx(wanted, abs=0.1)  # int8 against float32
    assert scores[len(wanted) :] == [FLOOR] * (len(some) - len(wanted))
    assert len({round(score, 3) for score in wanted}) > 5
    assert model.log_odds([]) == []
    assert model.log_odds(some) == scores


@pytest.mark.torch
def test_a_folder_that_is_not_whole_is_refused(tmp_path):
    _, folder = tiny_tagger(tmp_path)
    (folder / SALIENCE / "head.safetensors").write_bytes(b"none")
    with pytest.raises(ModelError, match=r"head\.safetensors: not the head"):
        SalienceModel(folder / SALIENCE, ENCODING, 1)
    (folder / SALIENCE / "salience.json").unlink()
    with pytest.raises(ModelError, match=r"no salience\.json"):
        SalienceModel(folder / SALIENCE, ENCODING, 1)


def test_a_template_without_positions_is_refused():
    with pytest.raises(PromptError, match="no tokens for a sentence's position"):
        Markers(ENCODINGS["unigram"])


@pytest.mark.torch
def test_a_folder_with_a_salience_is_run_by_its_card(tmp_path):
    _, folder = tiny_tagger(tmp_path)
    card = card_for_folder(folder, read_config(folder), "mine")
    assert (card.prompt, card.keep_token) == ("news-small", "[unused1]")
