"""Variants of our own system on the same gold, and what they differ in, question by question, for a README.

What the programs share that measure one choice each: ``eval.unseen``, ``eval.exported`` and ``eval.stages``.
"""

from collections.abc import Sequence
from pathlib import Path

from eval.ablations import ask_engine
from eval.compare import Difference, compare
from eval.figures import markdown, rewrite
from eval.gold import GoldQuestion, Source
from eval.rivals import Rival
from eval.run import Run, run
from eval.summary import groups
from index.encoder import Encoder
from index.reader import Reader
from index.store import open_index
from index.update import update_index
from qa.engine import Engine
from qa.settings import Settings

Figure = tuple[str, str]  # kind of question ("single" or "collection") and name
RETRIEVAL: tuple[Figure, ...] = tuple(("single", name) for name in ("recall@1", "recall@5", "recall@10", "mrr"))
ANSWERS: tuple[Figure, ...] = tuple(("single", name) for name in ("correct", "refused_unanswerable", "false_refusal"))
COLLECTION: tuple[Figure, ...] = (("collection", "f1"), ("collection", "exact"))


def engine_on(
    paths: Sequence[Path], folder: Path, encoder: Encoder, settings: Settings, reader: Reader | None = None
) -> Engine:
    """Return an engine on an index of the corpus in ``paths`` (none: the one that ships), built where it is not yet."""
    update_index(paths, folder, encoder.name, lambda: encoder, _Unseen())
    return Engine(open_index(folder, encoder.name), encoder, settings, reader)


def measure(rival: Rival, questions: Sequence[GoldQuestion], source: Source, out: Path, settings: Settings) -> Run:
    """Ask one variant everything; keep the run in a folder of its label under ``out``."""
    about = settings.model_dump(mode="json") | {"name": rival.name, "label": rival.label}
    return run(questions, rival.ask, source, out / rival.label.replace(" ", "-").replace(",", ""), about)


def whole(label: str, name: str, engine: Engine) -> Rival:
    """Return the variant that answers as the engine does."""
    return Rival(label, name, lambda question: ask_engine(engine, question))


def source_of(engine: Engine) -> Source:
    """Return what the answers of an engine point into."""
    return Source.of(engine.index.documents.values(), engine.index.charters)


def paired(runs: Sequence[Run], figures: Sequence[Figure]) -> str:
    """Return a Markdown table of the figures in every run, with the difference between the last and the first.

    A difference has its paired 95% interval, how many questions gained and lost, and McNemar's p where it is yes or no.
    """
    found = {(group, one.name): one for group, some in compare(runs[0], runs[-1]).differences.items() for one in some}
    between = [
        {(group, one.name): one.after for group, some in compare(runs[0], other).differences.items() for one in some}
        for other in runs[1:-1]
    ]
    names = [str(one.info["label"]) for one in runs]
    heads = ["", "n", *names, "difference", "better / worse", "p"]
    lines = []
    for key in figures:
        if (one := found.get(key)) is not None:
            lines.append([_label(key), str(one.difference.n), *_cells(one, [each[key] for each in between])])
    return f"{markdown(heads, lines)}\n\n{origin(runs[-1])}"


def _cells(one: Difference, between: Sequence[float]) -> list[str]:
    means = [f"{value:.3f}" for value in (one.before, *between, one.after)]
    spread = f"{one.difference.mean:+.3f} ({one.difference.low:+.3f} to {one.difference.high:+.3f})"
    return [*means, spread, f"{one.gained} / {one.lost}", "" if one.p is None else f"{one.p:.2f}"]


def _label(key: Figure) -> str:
    group, name = key
    return f"{name}, collection" if group == "collection" else name.replace("_", " ")


def origin(made: Run) -> str:
    """Say of a table on how many questions, when and from which commit it was made."""
    counts = " and ".join(f"{len(part)} {group}" for group, part in groups(made.results).items())
    info = made.info
    return f"{counts}; {info['started'][:10]}, commit {info['commit'] or 'unknown'}, {info['machine']}."


def record(readme: Path, mark: str, content: str) -> None:
    """Put the content between ``<!-- mark -->`` and ``<!-- /mark -->`` in a README."""
    text = rewrite(readme.read_text(encoding="utf-8"), content, f"<!-- {mark} -->", f"<!-- /{mark} -->")
    readme.write_text(text, encoding="utf-8")


class _Unseen:
    """Steps that nobody looks at."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def advance(self, done: int, total: int) -> None:
        """Say nothing."""
