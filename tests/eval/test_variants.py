"""Variants beside each other: the table, the stages of the search, and the ways to export a model."""

import shutil
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from eval.exported import in_blocks
from eval.held_out import parts, told_apart
from eval.rivals import Rival
from eval.stages import (
    SHIPPED,
    STAGES,
    ReadOnce,
    Task,
    as_shipped,
    ask_stage,
    by_max_sim,
    by_vectors,
    by_words,
    fused,
    reread,
    table,
    with_evidence,
    with_reading,
)
from eval.variants import RETRIEVAL, measure, paired, record
from index.graph import export_graph, open_graph
from index.quantise import eight_bits
from index.reader import ChunkText
from qa.settings import Settings


@pytest.fixture
def runs(gold, source, oracle, tmp_path):
    """Three variants: the first finds nothing for two questions, the last for one other."""
    some = [one for one in gold if one.roll is None and one.answerable][:10]

    def without(*places):
        lost = {some[place].id for place in places}
        return lambda one: oracle(one) | ({"retrieved": []} if one.id in lost else {})

    rivals = [Rival(name, name, without(*lost)) for name, lost in (("a", (0, 1)), ("b", ()), ("c", (2,)))]
    return [measure(rival, some, source, tmp_path, Settings()) for rival in rivals]


def test_the_table_holds_every_run_and_the_paired_difference_of_the_last_with_the_first(runs):
    head, _, first, *_ = paired(runs, RETRIEVAL).splitlines()
    assert head == "|  | n | a | b | c | difference | better / worse | p |"
    assert first.startswith("| recall@1 | 10 | 0.800 | 1.000 | 0.900 | +0.100 (")
    assert first.endswith(" | 2 / 1 | 1.00 |")  # McNemar on three changed questions: nothing can be said


def test_a_table_is_put_between_its_own_markers(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("<!-- one -->\n<!-- /one -->\n<!-- other -->\nkept\n<!-- /other -->\n")
    record(readme, "one", "| new |")
    assert readme.read_text() == "<!-- one -->\n| new |\n<!-- /one -->\n<!-- other -->\nkept\n<!-- /other -->\n"


def test_a_stage_is_bold_where_it_surely_differs_from_the_one_that_ships(gold, source, oracle, tmp_path):
    some = [one for one in gold if one.roll is None and one.answerable][:10]
    asks = {"worse": lambda one: oracle(one) | {"retrieved": []}, SHIPPED: oracle, "same": oracle}
    runs = [measure(Rival(label, label, ask), some, source, tmp_path, Settings()) for label, ask in asks.items()]
    worse, shipped, same = table(runs).splitlines()[2:5]
    assert worse.startswith("| worse | **0.000** |")
    assert shipped.startswith(f"| {SHIPPED} | 1.000 |") and same.startswith("| same | 1.000 |")
    assert SHIPPED in dict(STAGES)


def test_certainty_that_puts_answerable_questions_first_tells_them_apart(gold, source, oracle, tmp_path):
    some = [one for one in gold if one.roll is None]
    assert {one.answerable for one in some} == {True, False}

    def measured(label, sure):
        rival = Rival(label, label, lambda one: oracle(one) | {"confidence": sure(one)})
        return measure(rival, some, source, tmp_path, Settings())

    assert told_apart(measured("knows", lambda one: float(one.answerable))) == 1
    assert told_apart(measured("guesses", lambda one: 0.5)) == 0.5
    assert told_apart(measured("errs", lambda one: float(not one.answerable))) == 0


def test_questions_on_charters_left_out_in_training_are_told_from_the_rest(gold, engine):
    charters = [charter.name for charter in engine.index.charters]
    (_, left_out), (_, rest) = parts(gold, charters)
    assert {one.charters[0] for one in left_out} == set(charters[::3])
    assert {one.charters[0] for one in rest} == set(charters) - set(charters[::3])


@pytest.fixture
def task(engine):
    question = engine.understand("Hoeveel extra wijkagenten krijgt het korps in Alkmaar?")
    searcher = engine.searcher
    return Task(question, searcher.query(question.search), searcher.mask(question.scope, question.only), searcher)


def test_every_stage_orders_passages_of_the_charter_that_is_named(task):
    for stage in (by_vectors, by_words, fused, by_max_sim, as_shipped):
        rows = stage(task).rows.tolist()
        assert len(rows) == len(set(rows)) > 5
        assert {task.searcher.index.passages[row].charter for row in rows} == {"Alkmaar"}


def test_the_reader_reorders_only_the_passages_that_it_reads_and_names_the_sentence_that_answers(task):
    before, after = as_shipped(task).rows.tolist(), reread(as_shipped, 5, task)
    assert set(after.rows[:5].tolist()) == set(before[:5]) and after.rows[5:].tolist() == before[5:]
    row, position = after.best
    assert row == after.rows[0]
    assert "13 extra wijkagenten" in task.searcher.index.passages[row].sentences[position].text


def test_the_passage_with_the_best_evidence_goes_first_and_the_others_keep_their_order(task):
    kept, moved = with_evidence(0, task), with_evidence(1, task)
    assert kept.rows.tolist() == as_shipped(task).rows.tolist()
    assert moved.best == kept.best and moved.rows[0] == moved.best[0]
    rest = [row for row in kept.rows.tolist() if row != moved.rows[0]]
    assert moved.rows[1:].tolist() == rest


def test_what_the_reader_thinks_moves_only_what_it_read(task):
    kept, moved = as_shipped(task).rows.tolist(), with_reading(task)
    assert sorted(moved.rows.tolist()) == sorted(kept)
    assert moved.rows[0] == moved.best[0]
    unread = [row for row in kept if row in moved.rows[12:]]
    assert [row for row in moved.rows.tolist() if row in unread] == unread


def test_what_is_read_twice_is_read_once_and_its_time_counts_twice():
    seen = []

    def read(question, texts):
        seen.extend(texts)
        return [np.full(1, float(text.text), np.float32) for text in texts]

    once, one, two = ReadOnce(SimpleNamespace(read=read)), ChunkText("1", (0, 1)), ChunkText("2", (0, 1))
    assert [float(x[0]) for x in once.read("q", [one])] == [1.0] and once.saved == 0
    assert [float(x[0]) for x in once.read("q", [two, one])] == [2.0, 1.0]
    assert seen == [one, two] and once.saved > 0
    once.read("other", [one])
    assert seen == [one, two, one]


def test_a_stage_is_asked_as_a_system_is(engine, gold, source, tmp_path):
    some = [next(one for one in gold if one.id == "alkmaar-01")]
    searcher = replace_reader(engine)
    for label, stage in STAGES:
        made = measure(
            Rival(label, label, partial(ask_stage, searcher, searcher.searcher.reader, stage)),
            some,
            source,
            tmp_path,
            engine.settings,
        )
        assert made.results[0].error is None, label
        assert made.results[0].figures["recall@50"] == 1 and "cite_precision" in made.results[0].figures, label


def replace_reader(engine):
    """The engine with a reader that reads nothing twice."""
    made = type(engine)(engine.index, engine.searcher.encoder, engine.settings)
    made.searcher.reader = ReadOnce(engine.searcher.reader)
    return made


@pytest.mark.filterwarnings("default")  # of libraries about themselves
@pytest.mark.parametrize("large", [1.0, 300.0])
def test_a_graph_in_32_bits_gives_what_torch_gives_and_in_8_bits_nearly_so_with_one_input_large_too(tmp_path, large):
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    size = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    model = BertModel(BertConfig(vocab_size=10, max_position_embeddings=512, **size)).eval()
    with torch.no_grad():
        model.encoder.layer[0].intermediate.dense.bias[5] = large
        model.encoder.layer[0].output.dense.weight.normal_(std=0.5)[:, 5] = 0.5 / large
    model.save_pretrained(tmp_path)
    Tokenizer(WordLevel({"?": 0}, unk_token="?")).save(str(tmp_path / "tokenizer.json"))
    words, mask = torch.randn(3, 7, 64), torch.ones(3, 7, dtype=torch.int64)
    mask[0, 4:] = 0
    with torch.inference_mode():
        wanted = model(inputs_embeds=words, attention_mask=mask).last_hidden_state.numpy()
    for quantise, allowed in ((None, 1e-5), (shutil.copyfile, 1e-5), (in_blocks, 0.2), (eight_bits, 0.2)):
        export_graph(tmp_path, tmp_path / "graph.onnx", quantise)
        found = open_graph(tmp_path / "graph.onnx").run(None, {"words": words.numpy(), "mask": mask.numpy()})[0]
        assert np.abs(found - wanted)[mask.numpy() == 1].max() < allowed
