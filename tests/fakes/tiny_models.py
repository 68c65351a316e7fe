"""Random models of a few thousand weights, one of each architecture, and invented news.

Torch and transformers are imported inside, so that tests without them may use the rest.
"""

import json
from pathlib import Path

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from brief import models as brief_models
from brief.datatypes import Article, Chunk, Label, Line
from brief.models.chunking import Budget, to_chunks
from brief.models.chunking import Tokenizer as Counting

NEWS_SMALL = Path(brief_models.__file__).parent / "news-small"

ARTICLES = (
    """Harbor workers in Port Ellery voted on Tuesday to end a strike that had idled 14 ships.
The deal raises hourly pay by 6.5 percent over two years, the dock union said.
Its leader, Maren Oduya, called the vote "close but clear".
Some 2,300 members took part, and 58 percent said yes.
The port's owner, Ellery Maritime, lost about $3 million a day while cranes stood still.
Grocers had warned of empty shelves before the holiday weekend.
Trucks began to line up at the north gate shortly before 6 a.m.
A mediator sent by the government spent nine nights in the talks.
Oduya did not rule out another walkout if safety rules are not met by June.
Two workers were hurt last autumn when a stacker tipped over near berth nine.""",
    """Scientists have mapped a reef the size of a city off the coast of Vellmar.
The reef lies 90 meters down, deeper than most sunlight reaches.
A remote craft filmed pale sponges, glass corals and a fish that nobody could name.
"We kept rewinding the tape," said the expedition's biologist, Dr. Ilse Brandt-Amadi.
The survey took 41 days and cost less than the harbor's new parking garage.
Fishing boats have been asked to stay 5 km away until the parliament decides on a reserve.
Not everyone is pleased: the trawlers' guild says a third of its catch comes from there.
Water at that depth has warmed by half a degree since 1998.
The institute will publish the full map next spring.
A second dive is planned, this time with a camera that works in the dark.""",
    """The town of Quill Creek switched off its last coal boiler on Friday.
Heat now comes from a wastewater plant two streets from the school.
Mayor Tomas Reyes-Hale said the change would cut the town's bills by a fifth.
Residents have paid an average of 1,140 crowns each winter.
Pipes had to be laid under the railway, which closed the line for eleven weekends.
The national energy agency paid for 40 percent of the work.
Critics on the council, led by Ana Dufour, wanted solar panels instead.
A pump failed during the first cold night and left 60 homes without heat for three hours.
Engineers blamed a valve that was fitted backward.
Three other towns have asked to see the plans.""",
    """A runner from Osterby won the mountain marathon by four seconds on Sunday.
Lotte Varga, 33, crossed the line in 4 hours, 12 minutes and 9 seconds.
She passed the favorite, Piet Noor, on the last bend above the lake.
"I did not know that I was ahead until I heard the bell," Varga said.
Rain had turned the upper path to mud, and 120 of 900 starters gave up.
Organizers moved the start by an hour because of thunder.
Noor finished second for the third year in a row.
The prize is a wheel of cheese and 5,000 francs.
Varga works nights as a nurse and trains before dawn.
The race will be held on a shorter course next year while a bridge is repaired.""",
    """A court in Damsel ordered an online shop to pay back fees it took from 80,000 customers.
The shop, Larkspur, charged people for a club that they had not joined.
Judge Ewa Mbeki said that the button was "built to be missed".
Larkspur has 30 days to appeal and has not said whether it will.
Its shares fell 11 percent in early trading on Wednesday.
A consumer group brought the case in 2021 after 600 complaints.
Each customer is due between 9 and 54 euros.
The company argued that its terms had been on the page all along.
Lawyers expect other shops to change their pages before the rules come into force.
The regulator said it was looking at four more cases of the same kind.""",
)
"""Five invented reports of ten sentences; a line break ends each sentence."""


def article(text: str = ARTICLES[0], headline: str | None = None) -> Article:
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        lines.append(Line(Label.BODY, "invented", start, start + len(line), line))
        start += len(line)
    return Article(id="invented", text=text, lines=tuple(lines), headline=headline)


def chunks(budget: Budget, tokenizer: Counting, text: str = ARTICLES[0]) -> tuple[Chunk, ...]:
    return to_chunks(article(text), budget, tokenizer)


def byte_bpe() -> Tokenizer:
    """As BART and LED have it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(ARTICLES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def unigram(*special: str) -> Tokenizer:
    """As T5, mT5 and PEGASUS have it."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=200,
        special_tokens=["<pad>", "</s>", "<unk>", *special],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(ARTICLES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return tokenizer


def save(folder: Path, architecture: str, max_positions: int) -> Path:
    """A random model's transformers folder.

    Args:
        folder: Where; made if need be.
        architecture: bart, led, pegasus, mt5, t5 (ReLU) or flan-t5 (gated GELU).
        max_positions: Of its encoder, where it has a table of them.
    """
    import torch
    import transformers

    torch.manual_seed(7)
    bart_like = architecture in {"bart", "led"}
    tokenizer = byte_bpe() if bart_like else unigram("<extra_id_0>", "<mask_1>")
    ids = (
        {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
        if bart_like
        else {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    )
    size = {"vocab_size": tokenizer.get_vocab_size(), "d_model": 16}
    layers = {
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 16,
        "decoder_ffn_dim": 16,
    }
    t5 = {"d_kv": 8, "d_ff": 16, "num_layers": 1, "num_decoder_layers": 1, "num_heads": 2}
    if architecture == "bart":
        config = transformers.BartConfig(
            **ids, **size, **layers, max_position_embeddings=max_positions, forced_bos_token_id=0
        )
    elif architecture == "pegasus":
        config = transformers.PegasusConfig(
            **ids, **size, **layers, max_position_embeddings=max_positions
        )
    elif architecture == "led":
        config = transformers.LEDConfig(
            **ids,
            **size,
            **layers,
            max_encoder_position_embeddings=max_positions,
            attention_window=[64],
        )
    elif architecture == "mt5":
        config = transformers.MT5Config(**ids, **size, **t5, feed_forward_proj="gated-gelu")
    else:
        gated = architecture == "flan-t5"
        config = transformers.T5Config(
            **ids,
            **size,
            **t5,
            feed_forward_proj="gated-gelu" if gated else "relu",
            tie_word_embeddings=not gated,
        )
    model = transformers.AutoModelForSeq2SeqLM.from_config(config)
    with torch.no_grad():
        # Random models of this size write one piece for ever; larger weights vary it.
        for weight in model.parameters():
            weight.mul_(3)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    if bart_like:
        named["bos_token"] = "<s>"
    named["tokenizer_class"] = "PreTrainedTokenizerFast"
    (folder / "tokenizer_config.json").write_text(json.dumps(named))
    return folder


def tiny_checker(folder: Path, threshold: float = 0.6):
    """Write an untrained checker of news-small's vocabulary into a folder; returns its network."""
    import torch
    from transformers import BertConfig, BertModel

    from brief.models.checker import CheckerLayout
    from brief.training.checker_task import CheckerNetwork, to_encoder
    from brief.training.export_checker import export_checker

    torch.manual_seed(3)
    shape = BertConfig(
        vocab_size=17_263,
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=32,
    )
    network = CheckerNetwork(to_encoder(BertModel(shape), CheckerLayout(), 2)).eval()
    with torch.no_grad():
        network.head.weight.normal_(std=0.1)
    export_checker(network.bert, network.head, NEWS_SMALL, CheckerLayout(), threshold, folder)
    return network


def with_checker(folder: Path, threshold: float = 0.6) -> Path:
    """A model folder: news-small's files by links, and an untrained checker beside them."""
    folder.mkdir()
    for path in NEWS_SMALL.iterdir():
        (folder / path.name).symlink_to(path)
    tiny_checker(folder, threshold)
    return folder
