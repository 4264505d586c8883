"""Written answers tried with a real model: the same questions without it and with it, and what became of its sentences.

    python -m eval.llama_server model.gguf --port 11500
    export CHARTERWIJZER_OLLAMA_URL=http://localhost:11500 CHARTERWIJZER_LLM_MODEL=proef
    python -m eval.trial runs/trial eval/gold/dev_single.jsonl eval/gold/dev_collection.jsonl

Any Ollama server will do. A trial takes long: started again, it goes on where it broke off. Its folder holds
``answers.jsonl`` (both answers to each question, and every sentence of the model), the runs ``without`` and ``with`` as
``charterwijzer eval`` writes them, ``trial.md`` with the figures, and ``sentences.md``: sentences to read.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
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
from qa.engine import Engine
from qa.llm import LanguageModel, Message, ollama
from qa.model import to_dict
from qa.settings import load_settings
from qa.written import Fate, Heard, Tally, Writer

Tried = Mapping[str, Any]
FIGURES = ("correct", "cite_precision", "refused_unanswerable", "false_refusal", "f1", "exact", "verbatim")
EXAMPLES = 10  # of each fate, to be read


@dataclass
class Pace:
    """How fast a model spoke: seconds to its first word and for all it said, and in how many pieces.

    A piece is a token with Ollama and with ``eval.llama_server``.
    """

    first_word: float = 0.0
    seconds: float = 0.0
    pieces: int = 0

    @property
    def tokens_per_second(self) -> float:
        """Tokens a second once the first was there."""
        spent = self.seconds - self.first_word
        return (self.pieces - 1) / spent if self.pieces > 1 and spent > 0 else 0.0


@dataclass(frozen=True)
class TimedModel(LanguageModel):
    """A language model that notes how fast it speaks, conversation by conversation."""

    paces: list[Pace] = field(default_factory=list)

    def stream(self, messages: Sequence[Message], stop: Event | None = None) -> Generator[str]:
        """Yield the answer piece by piece, as LanguageModel does."""
        began, pace = time.perf_counter(), Pace()
        self.paces.append(pace)
        with closing(super().stream(messages, stop)) as pieces:
            for piece in pieces:
                pace.seconds = time.perf_counter() - began
                pace.first_word = pace.first_word or pace.seconds
                pace.pieces += 1
                yield piece


class Trial:
    """Asks questions of an engine whose answers a language model writes, and notes what it said."""

    def __init__(self, engine: Engine, model: LanguageModel) -> None:
        self._model = TimedModel(model.name, model.open, model.limits, model.present)
        self._tallies: list[Tally] = []
        self._engine = engine
        engine.writer = Writer(self._model, engine.searcher, engine.settings.llm_context, followed=self._tallies.append)

    def ask(self, question: GoldQuestion) -> Tried:
        """Return both answers to a question, and what the model said and how fast, where it was asked."""
        self._model.paces.clear()
        self._tallies.clear()
        began = time.perf_counter()
        states = self._engine.stream(question.question, id=question.id, previous=question.previous or None)
        without = next(states)
        shown = time.perf_counter() - began
        *_, written = [without, *states]
        return {
            "id": question.id,
            "without": to_dict(without),
            "with": to_dict(written),
            "shown": round(shown, 3),
            "spent": round(time.perf_counter() - began, 3),
            "heard": [_kept(one) for tally in self._tallies for one in tally.heard],
            "pace": [asdict(pace) | {"tokens_per_second": pace.tokens_per_second} for pace in self._model.paces],
        }


def _kept(heard: Heard) -> dict[str, Any]:
    cited = [{"charter": one.charter, "actor": one.actor, "text": one.text} for one in heard.cited]
    return {"text": heard.text, "cited": cited, "fate": heard.fate, "reason": heard.reason}


def tried(path: Path) -> dict[str, Tried]:
    """Return what a trial has so far, by question; a last line that was broken off is left out."""
    found: dict[str, Tried] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        found[one["id"]] = one
    return found


def collect(questions: Iterable[GoldQuestion], trial: Trial, path: Path) -> dict[str, Tried]:
    """Ask every question that the file does not have yet; return all that it has."""
    found = tried(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{_line(one)}\n" for one in found.values()), encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        for question in questions:
            if question.id not in found:
                found[question.id] = trial.ask(question)
                file.write(f"{_line(found[question.id])}\n")
                file.flush()
    return found


def _line(one: Tried) -> str:
    return json.dumps(one, ensure_ascii=False)


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
    heard = [sentence for one in found for sentence in one["heard"]]
    asked = [one for one in found if one["pace"]]
    paces = [pace for one in asked for pace in one["pace"] if pace["pieces"]]
    first = [one["with"]["timings_ms"].get("first_written", 0.0) / 1000 for one in asked]
    timed = {
        "tokens a second": [pace["tokens_per_second"] for pace in paces],
        "first extractive text, s": [one["shown"] for one in found],
        "first word of the model, s": [pace["first_word"] for pace in paces],
        "first checked sentence, s": [seconds for seconds in first if seconds],
        "whole written answer, s": [one["spent"] for one in asked],
    }
    fates, reasons = Counter(one["fate"] for one in heard), Counter(one["reason"] for one in heard if one["reason"])
    written = sum(one["with"]["mode"] == "llm" for one in asked)
    shares = ", ".join(f"{n} {fate} ({n / len(heard):.0%})" for fate, n in fates.most_common())
    return [
        f"{len(found)} questions; {len(asked)} put to the model, of which {written} got a written answer.  ",
        f"{len(heard)} sentences: {shares}",
        "",
        "| | median | 95th percentile |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {percentile(some, 0.5):.2f} | {percentile(some, 0.95):.2f} |"
            for name, some in timed.items()
            if some
        ),
        "",
        "Most frequent reasons: " + "; ".join(f"{why} ({n})" for why, n in reasons.most_common(12)) + ".",
    ]


def examples(found: Iterable[Tried], most: int = EXAMPLES) -> str:
    """Return sentences of each fate with what they cite, evenly over the questions, for a person to read."""
    heard = [(one["with"]["question"], sentence) for one in found for sentence in one["heard"]]
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
    model = ollama(settings)
    model.present()
    engine = Engine.open(settings.index_dir, settings)
    source = Source.of(engine.index.documents.values(), engine.index.charters)
    gold = given.gold or bundled_gold("dev_*")
    questions = read_gold(gold, source)[:: given.every]
    progress = track(questions, description=model.name, console=Console(stderr=True), transient=True)
    found = collect(progress, Trial(engine, model), given.out / "answers.jsonl")
    about = settings.model_dump(mode="json") | {"gold": [path.name for path in gold]}
    comparison = compared(questions, found, source, given.out, about)
    some = [found[question.id] for question in questions]
    (given.out / "trial.md").write_text(summary(comparison, some), encoding="utf-8")
    (given.out / "sentences.md").write_text(examples(some), encoding="utf-8")
    Console().print(summary(comparison, some), markup=False)


if __name__ == "__main__":
    program(main)
