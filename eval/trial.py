"""Written answers tried with a real model: the same questions without it and with it, and what became of its sentences.

    python -m eval.llama_server model.gguf --port 11500
    export CHARTERWIJZER_OLLAMA_URL=http://localhost:11500 CHARTERWIJZER_LLM_MODEL=proef
    python -m eval.trial runs/trial eval/gold/dev_single.jsonl eval/gold/dev_collection.jsonl

Any Ollama server will do. A model is slow, so ``conversations.jsonl`` in the trial's folder keeps what it said, piece
by piece with the time of each, and the same prompt gets the same words at once: a trial that broke off goes on where it
was, and another check is tried without a model. Further the folder holds ``answers.jsonl`` (both answers to each
question, and every sentence of the model), the runs ``without`` and ``with`` as ``charterwijzer eval`` writes them,
``trial.md`` with the figures, and ``sentences.md`` with sentences for a person to read.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, get_args

from rich.console import Console
from rich.progress import track

from eval.compare import Comparison, compare
from eval.gold import GoldQuestion, Source, bundled_gold, read_gold
from eval.program import program
from eval.run import Run, run
from eval.summary import figure, groups, percentile
from eval.variants import source_of
from ingest.errors import LanguageModelError, UsageError
from qa.engine import Engine
from qa.llm import LanguageModel, Message, ollama
from qa.model import to_dict
from qa.settings import load_settings
from qa.written import Fate, Heard, Tally, Writer

Tried = Mapping[str, Any]
FIGURES = (
    "correct",
    "cite_precision",
    "refused_unanswerable",
    "false_refusal",
    "f1",
    "exact",
    "list_value",
    "verbatim",
)
EXAMPLES = 10  # of each fate, to be read


@dataclass
class Conversation:
    """What a model said to a prompt: its pieces, each with the seconds after which it came.

    A piece is a token with Ollama and with ``eval.llama_server``.
    """

    messages: list[list[str]]
    pieces: list[tuple[float, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What tells one prompt from another."""
        return json.dumps(self.messages, ensure_ascii=False)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self.pieces[-1][0] if self.pieces else 0.0

    @property
    def tokens_per_second(self) -> float:
        """Tokens a second once the first was there."""
        spent = self.seconds - self.pieces[0][0] if self.pieces else 0.0
        return (len(self.pieces) - 1) / spent if spent > 0 else 0.0


class Record:
    """The conversations of a trial, kept in a file as they come; a last line that was broken off is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Conversation] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            try:
                one = Conversation(**json.loads(line))
            except ValueError:
                continue
            self._known[one.key] = one
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(map(_line, self._known.values())), encoding="utf-8")

    def get(self, key: str) -> Conversation | None:
        """Return what was said to this prompt, if it was ever put."""
        return self._known.get(key)

    def add(self, one: Conversation) -> None:
        """Keep a conversation."""
        self._known[one.key] = one
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(one))


def _line(one: Conversation) -> str:
    return json.dumps(asdict(one), ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class RecordedModel(LanguageModel):
    """A language model that says again what it said to the same prompt; ``heard`` are the conversations of now.

    ``served`` raises LanguageModelError where the server is not there: then a trial ends, and can go on later.
    """

    served: Callable[[], None]
    record: Record
    heard: list[Conversation] = field(default_factory=list)

    def stream(self, messages: Sequence[Message], stop: Event | None = None) -> Generator[str]:
        """Yield the answer piece by piece, as LanguageModel does; one that fails is not kept."""
        told = Conversation([list(message) for message in messages])
        self.heard.append(told)
        known = self.record.get(told.key)
        if known is not None:
            for at, piece in known.pieces:
                told.pieces.append((at, piece))
                yield piece
            return
        try:
            self.served()
        except LanguageModelError as error:
            raise UsageError(error.found, error.expected, error.remedy) from error
        began = time.perf_counter()
        try:
            with closing(super().stream(messages, stop)) as pieces:
                for piece in pieces:
                    told.pieces.append((round(time.perf_counter() - began, 3), piece))
                    yield piece
        except GeneratorExit:  # enough was heard
            self.record.add(told)
            raise
        self.record.add(told)


class Trial:
    """Asks questions of an engine whose answers a language model writes, and notes what it said."""

    def __init__(self, engine: Engine, model: LanguageModel, record: Record) -> None:
        self._model = RecordedModel(model.name, model.open, model.limits, lambda: None, model.present, record)
        self._tallies: list[Tally] = []
        self._engine = engine
        engine.writer = Writer(self._model, engine.searcher, engine.settings.llm_context, followed=self._tallies.append)

    def ask(self, question: GoldQuestion) -> Tried:
        """Return both answers to a question, and what the model said and how fast, where it was asked."""
        self._model.heard.clear()
        self._tallies.clear()
        began = time.perf_counter()
        states = self._engine.stream(question.question, id=question.id, previous=question.previous or None)
        without = written = next(states)
        shown, first = time.perf_counter() - began, 0.0
        for written in states:
            if written.writing and not first:
                first = self._model.heard[0].seconds
        return {
            "id": question.id,
            "without": to_dict(without),
            "with": to_dict(written),
            "sentences": [_kept(one) for tally in self._tallies for one in tally.heard],
            "seconds": {"extractive": round(shown, 3)} | {name: of for name, of in self._paced(first).items() if of},
        }

    def _paced(self, first: float) -> dict[str, float]:
        if not self._model.heard:
            return {}
        (told,) = self._model.heard
        word = told.pieces[0][0] if told.pieces else 0.0
        return {
            "first word": word,
            "first checked sentence": first,
            "last word": told.seconds,
            "tokens a second": round(told.tokens_per_second, 2),
        }


def _kept(heard: Heard) -> dict[str, Any]:
    cited = [{"charter": one.charter, "actor": one.actor, "text": one.text} for one in heard.cited]
    return {"text": heard.text, "cited": cited, "fate": heard.fate, "reason": heard.reason}


def collect(questions: Iterable[GoldQuestion], trial: Trial, path: Path) -> dict[str, Tried]:
    """Ask every question and keep what came of it in the file; return it by question."""
    found: dict[str, Tried] = {}
    with path.open("w", encoding="utf-8") as file:
        for question in questions:
            found[question.id] = trial.ask(question)
            file.write(json.dumps(found[question.id], ensure_ascii=False) + "\n")
            file.flush()
    return found


def compared(
    questions: Sequence[GoldQuestion],
    found: Mapping[str, Tried],
    source: Source,
    folder: Path,
    about: Mapping[str, Any],
) -> Comparison:
    """Score both answers to every question, keep the two runs in the folder, and compare them."""

    def kept(side: str) -> Run:
        return run(questions, lambda one: found[one.id][side], source, folder / side, {**about, "name": side})

    return compare(kept("without"), kept("with"))


def summary(comparison: Comparison, found: Sequence[Tried]) -> str:
    """Return the figures of a trial as Markdown: what the model changed, and what became of its sentences."""
    lines = ["| figure | n | without | with | better | worse |", "| --- | --- | --- | --- | --- | --- |"]
    for group, results in groups(comparison.after.results).items():
        for one in comparison.differences[group]:
            if one.name in FIGURES:
                n = len(figure(results, one.name))
                cells = (f"{one.name}, {group}", n, f"{one.before:.3f}", f"{one.after:.3f}", one.gained, one.lost)
                lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, "", *_told(found)]) + "\n"


def _told(found: Sequence[Tried]) -> list[str]:
    heard = [sentence for one in found for sentence in one["sentences"]]
    asked = [one for one in found if "first word" in one["seconds"]]
    fates, reasons = Counter(one["fate"] for one in heard), Counter(one["reason"] for one in heard if one["reason"])
    shares = ", ".join(f"{n} {fate} ({n / len(heard):.0%})" for fate, n in fates.most_common())
    written = sum(one["with"]["mode"] == "llm" for one in asked)
    timed: dict[str, list[float]] = defaultdict(list)
    for one in found:
        for name, value in one["seconds"].items():
            timed[name].append(value)
    return [
        f"{len(found)} questions; the model spoke on {len(asked)}, of which {written} got a written answer.",
        f"It said {len(heard)} sentences: {shares}.",
        f"Why sentences were refused, most often: {'; '.join(f'{why} ({n})' for why, n in reasons.most_common(12))}.",
        "",
        "| | n | median | 95th percentile |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name}{'' if name == 'tokens a second' else ', s'} | {len(some)} | {percentile(some, 0.5):.2f} | "
            f"{percentile(some, 0.95):.2f} |"
            for name, some in timed.items()
        ),
    ]


def examples(found: Iterable[Tried], most: int = EXAMPLES) -> str:
    """Return sentences of each fate with what they cite, evenly over the questions, for a person to read."""
    heard = [(one["with"]["question"], sentence) for one in found for sentence in one["sentences"]]
    lines: list[str] = []
    for fate in get_args(Fate):
        some = [(asked, sentence) for asked, sentence in heard if sentence["fate"] == fate]
        lines += [f"## {fate}", ""]
        for asked, one in some[:: max(1, len(some) // most)][:most]:
            why = f" ({one['reason']})" if one["reason"] else ""
            lines += [f"- *{asked}*  ", f"  model: {one['text']}{why}  "]
            lines += [f"  source: {cited['charter']}, {cited['actor']}: {cited['text']}  " for cited in one["cited"]]
        lines.append("")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Try the model of the settings on gold questions."""
    parser = argparse.ArgumentParser(prog="python -m eval.trial", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder of the trial")
    parser.add_argument("gold", type=Path, nargs="*", help="gold files; without: the development questions")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth question")
    given = parser.parse_args(arguments)
    settings = load_settings()
    engine = Engine.open(settings.index_dir, settings)
    source = source_of(engine)
    gold = given.gold or bundled_gold("dev_*")
    questions = read_gold(gold, source)[:: given.every]
    trial = Trial(engine, ollama(settings), Record(given.out / "conversations.jsonl"))
    progress = track(questions, description=settings.llm_model, console=Console(stderr=True), transient=True)
    found = collect(progress, trial, given.out / "answers.jsonl")
    about = settings.model_dump(mode="json") | {"gold": [path.name for path in gold]}
    comparison = compared(questions, found, source, given.out, about)
    told = summary(comparison, list(found.values()))
    (given.out / "trial.md").write_text(told, encoding="utf-8")
    (given.out / "sentences.md").write_text(examples(found.values()), encoding="utf-8")
    Console().print(told, markup=False)


if __name__ == "__main__":
    program(main)
