"""``python -m eval.exported OUT [README]``: the figures before and after the models are exported.

Encoder and reader are written once more in 32 bits and in other ways; each way indexes the corpus and answers the dev
questions with its own graphs, and what ships is held against 32 bits, question by question. So few questions cannot
show half a point: what ships and 32 bits also answer our own, of which there are enough.
"""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from eval.figures import markdown
from eval.gold import GoldQuestion, bundled_gold, read_gold
from eval.program import program
from eval.run import Run
from eval.summary import ALL, groups, means
from eval.variants import ANSWERS, COLLECTION, RETRIEVAL, engine_on, measure, paired, record, source_of, whole
from index.adapter import Tensors, adapted, read_adapter
from index.encoder import PackagedEncoder
from index.graph import GRAPH, HEAD, READER, WORDS, export_graph
from index.quantise import Quantise, eight_bits, layers_apart
from index.reader import PackagedReader, chunk_text, chunks_of
from index.store import embedded_text
from index.weights import packaged_e5, plain_e5
from ingest.errors import UsageError
from ingest.model import Passage
from qa.engine import Engine
from qa.evidence import CHUNKS
from qa.settings import Settings, load_settings

ROUNDS, SAMPLE = 5, 64
DEV, OWN = ("dev_*",), ("near_single", "near_more", "fresh_single", "own_*")
TABLE = "embeddings.word_embeddings.weight"


@dataclass(frozen=True)
class Way:
    """A way to keep the graphs of the encoder and of the reader; None: in 32 bits."""

    label: str
    encoder: Quantise | None
    reader: Quantise | None


@dataclass(frozen=True)
class Cost:
    """What a way costs and loses.

    Milliseconds of processor time for a question's vectors and for reading the chunks of one question, megabytes of
    both graphs, the mean cosine of token vectors with those in 32 bits, and the mean difference of the reader's logits.
    """

    encode_ms: float
    read_ms: float
    megabytes: float
    cosine: float
    logits: float


def in_blocks(plain: Path, target: Path) -> None:
    """Write a graph with weights in 8 bits and a scale for every 32 of them, as the package has them."""
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    options: dict[str, Any] = {"bits": 8, "block_size": 32, "is_symmetric": True, "accuracy_level": 4}
    quantiser = MatMulNBitsQuantizer(onnx.load(plain), nodes_to_exclude=layers_apart(plain), **options)
    quantiser.process()
    quantiser.model.save_model_to_file(str(target))


FULL, SHIPPED = "32 bits", "as shipped: the reader in 8 bits"
WAYS = (
    Way(FULL, None, None),
    Way("both in 8 bits", eight_bits, eight_bits),
    Way("both in 8 bits, in blocks", in_blocks, in_blocks),
)


def write_way(way: Way, cache: Path, folder: Path) -> None:
    """Write a model folder in this way: the packaged encoder and reader, from the weights that tuning ended with."""
    plain, packaged = plain_e5(cache), packaged_e5(cache)
    tensors: Tensors = load_file(plain / "model.safetensors")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", HEAD, WORDS):
        shutil.copyfile(packaged / name, folder / name)
    if way.label == FULL:
        np.save(folder / WORDS, tensors[TABLE])
    for name, graph, quantise in (("encoder", GRAPH, way.encoder), ("reader", READER, way.reader)):
        write_graph(adapted(tensors, read_adapter(name)), plain, folder / graph, quantise)


def write_graph(tensors: Tensors, plain: Path, target: Path, quantise: Quantise | None) -> None:
    """Write the graph of a model with these tensors; all else is as in the folder of the plain one."""
    with tempfile.TemporaryDirectory() as work:
        for name in ("config.json", "tokenizer.json"):
            shutil.copyfile(plain / name, Path(work) / name)
        save_file(tensors, Path(work) / "model.safetensors", metadata={"format": "pt"})
        export_graph(Path(work), target, quantise)


def opened(folder: Path, index: Path, settings: Settings) -> Engine:
    """Return an engine with the encoder and the reader of a model folder."""
    return engine_on([], index, PackagedEncoder(folder), settings, PackagedReader(folder))


def answered(label: str, engine: Engine, sets: Sequence[str], out: Path) -> Run:
    """Answer the questions of some of the bundled gold."""
    source = source_of(engine)
    questions = read_gold([path for name in sets for path in bundled_gold(name)], source)
    return measure(whole(label, label, engine), questions, source, out, engine.settings)


def costs(folders: Sequence[Path], questions: Sequence[GoldQuestion], passages: Sequence[Passage]) -> list[Cost]:
    """Return what every model folder costs against the first; their turns alternate, so that a busy machine is fair."""
    encoders, readers = [PackagedEncoder(one) for one in folders], [PackagedReader(one) for one in folders]
    asked = [one.question for one in questions[:SAMPLE]]
    every = [chunk_text(one, chunk) for row, one in enumerate(passages) for chunk in chunks_of(one, row)]
    picked = [every[start : start + CHUNKS] for start in range(0, CHUNKS * SAMPLE, CHUNKS)]
    texts = [embedded_text(one) for one in passages[:SAMPLE]]
    tokens = [np.concatenate([one.encode_passages([text])[0].tokens for text in texts]) for one in encoders]
    pairs = list(zip(asked, picked, strict=True))
    logits = [np.concatenate([np.concatenate(reader.read(*pair)) for pair in pairs]) for reader in readers]
    encode_ms = _alternate(
        [lambda text, one=one: one.encode_query(text) for one in encoders], [(one,) for one in asked]
    )
    read_ms = _alternate([one.read for one in readers], pairs)
    return [
        Cost(
            encode_ms[i],
            read_ms[i],
            sum((folder / name).stat().st_size for name in (GRAPH, READER)) / 1e6,
            float((tokens[i] * tokens[0]).sum(axis=1).mean()),
            float(np.abs(logits[i] - logits[0]).mean()),
        )
        for i, folder in enumerate(folders)
    ]


def _alternate(calls: Sequence[Callable[..., object]], given: Sequence[tuple[object, ...]]) -> list[float]:
    """Return the median milliseconds of every call over what is given, taking turns."""
    spent: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for arguments in given:
            for call, times in zip(calls, spent, strict=True):
                began = time.process_time()
                call(*arguments)
                times.append((time.process_time() - began) * 1000)
    return [median(times) for times in spent]


def ways_table(runs: Sequence[Run], costs: Sequence[Cost]) -> str:
    """Return a Markdown table with a row for every way."""
    names = [*RETRIEVAL, *ANSWERS, *COLLECTION]
    heads = ["", *(name.replace("_", " ") for _, name in names), "ms to encode", "ms to read", "MB", "cosine", "logits"]
    lines = []
    for made, cost in zip(runs, costs, strict=True):
        found = {group: means(part, ALL) for group, part in groups(made.results).items()}
        values = [f"{found[group][name]:.3f}" for group, name in names]
        spent = [f"{cost.encode_ms:.1f}", f"{cost.read_ms:.1f}", f"{cost.megabytes:.0f}"]
        lines.append([str(made.info["label"]), *values, *spent, f"{cost.cosine:.4f}", f"{cost.logits:.3f}"])
    return markdown(heads, lines)


def main(arguments: Sequence[str]) -> None:
    """Write, measure and compare every way."""
    if len(arguments) not in (1, 2):
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.exported MAP [README.md]")
    out, *readme = map(Path, arguments)
    settings = load_settings()
    folders = [out / re.sub(r"\W+", "-", way.label) for way in WAYS]
    engines = []
    for way, folder in zip(WAYS, folders, strict=True):
        write_way(way, settings.cache_dir, folder)
        engines.append(opened(folder, out / f"index-{folder.name}", settings))
    folders.append(packaged_e5(settings.cache_dir))
    engines.append(opened(folders[-1], settings.index_dir, settings))
    labels = [*(way.label for way in WAYS), SHIPPED]
    runs = [answered(label, one, DEV, out / "dev") for label, one in zip(labels, engines, strict=True)]
    own = [answered(labels[at], engines[at], OWN, out / "own") for at in (0, -1)]
    asked = [one.question for one in runs[0].results if not one.question.roll]
    found = costs(folders, asked, engines[-1].index.passages)
    (out / "costs.json").write_text(json.dumps([asdict(one) for one in found], indent=1), encoding="utf-8")
    for path in readme:
        record(path, "exported, own", paired(own, (*RETRIEVAL, *ANSWERS, *COLLECTION)))
        record(path, "exported, dev", paired([runs[0], runs[-1]], (*RETRIEVAL, *ANSWERS, *COLLECTION)))
        record(path, "ways", ways_table(runs, found))


if __name__ == "__main__":
    program(main)
