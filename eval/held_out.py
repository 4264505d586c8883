"""``python -m eval.held_out READER.safetensors OUT [README]``: what the reader gains on charters that it never read.

READER is what ``eval.tune_reader … --held-out`` writes: trained without the questions on every third charter. Our own
system answers without a reader, with the one that ships, and with this one; the questions on the charters left out and
those on the rest apart. A reader that only remembered passages would gain nothing on the first.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from sklearn.metrics import roc_auc_score

from eval.exported import write_graph
from eval.gold import GoldQuestion, bundled_gold, read_gold
from eval.program import program
from eval.rivals import Rival
from eval.run import Run
from eval.variants import ANSWERS, RETRIEVAL, measure, paired, record, source_of, whole
from index.adapter import adapted
from index.graph import HEAD, READER, WORDS
from index.quantise import eight_bits
from index.reader import PackagedReader
from index.weights import packaged_e5, plain_e5
from ingest.errors import UsageError
from qa.engine import Engine
from qa.settings import Settings, load_settings

HELD_OUT = 3  # with --held-out, every third charter is never trained on
GOLD = ("near_single", "fresh_single", "own_single", "dev_single")


def reader_of(adapter: Path, cache: Path, folder: Path) -> PackagedReader:
    """Return the reader of an adapter that does not ship; its files are written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    plain, tuned = plain_e5(cache), load_file(adapter)
    for name in ("tokenizer.json", WORDS):
        shutil.copyfile(packaged_e5(cache) / name, folder / name)
    added = {name: tensor.astype(np.float32) for name, tensor in tuned.items()}
    write_graph(adapted(load_file(plain / "model.safetensors"), added), plain, folder / READER, eight_bits)
    np.savez(folder / HEAD, weight=added["head.weight"][0], bias=added["head.bias"][0])
    return PackagedReader(folder)


def systems(settings: Settings, adapter: Path, out: Path) -> Iterator[tuple[Rival, Engine]]:
    """Yield the three systems with their engines."""
    shipped = Engine.open(settings.index_dir, settings)
    index, encoder = shipped.index, shipped.searcher.encoder
    yield whole("without a reader", "zonder lezer", unread := Engine(index, encoder, settings)), unread
    yield whole("as shipped", "zoals geleverd", shipped), shipped
    held_out = Engine(index, encoder, settings, reader_of(adapter, settings.cache_dir, out / "reader"))
    yield whole("reader without these charters", "lezer zonder deze charters", held_out), held_out


def parts(questions: Sequence[GoldQuestion], charters: Sequence[str]) -> Iterator[tuple[str, list[GoldQuestion]]]:
    """Yield the questions on one charter: those that were left out in training, and the rest."""
    left_out = set(charters[::HELD_OUT])
    of_one = [one for one in questions if len(one.charters) == 1]
    yield "left out", [one for one in of_one if one.charters[0] in left_out]
    yield "the rest", [one for one in of_one if one.charters[0] not in left_out]


def table(runs: Sequence[Run]) -> str:
    """Return the paired table of the runs, and how well the certainty of each tells what has an answer."""
    told = ", ".join(f"{one.info['label']} {told_apart(one):.3f}" for one in runs)
    return f"{paired(runs, (*RETRIEVAL, *ANSWERS))}\n\nCertainty, whatever the threshold (AUC): {told}."


def told_apart(run: Run) -> float:
    """Return the chance (0 to 1) that of two questions the one that has an answer is the more certain: the AUC."""
    told = [(one.question.answerable, one.answer["confidence"]) for one in run.results if one.answer]
    return float(roc_auc_score(*zip(*told, strict=True)))


def main(arguments: Sequence[str]) -> None:
    """Measure the three systems on both parts, and write the tables into the README that is named."""
    if len(arguments) not in (2, 3):
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.held_out LEZER.safetensors MAP [README.md]")
    adapter, out, *readme = map(Path, arguments)
    settings = load_settings()
    made = list(systems(settings, adapter, out))
    source = source_of(made[0][1])
    questions = read_gold([path for name in GOLD for path in bundled_gold(name)], source)
    for part, some in parts(questions, [charter.name for charter in made[0][1].index.charters]):
        runs = [measure(rival, some, source, out / part, settings) for rival, _ in made]
        for path in readme:
            record(path, f"held out, {part}", table(runs))


if __name__ == "__main__":
    program(main)
