"""Runs: ask every gold question, score the answers, and keep everything in one folder.

A run folder holds ``run.json`` (settings, versions, commit), ``results.jsonl`` (question, answer and figures,
one question a line, written as they come) and ``figures.json`` (the means). Reading it again needs no corpus.
"""

import json
import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

from eval.gold import Evidence, GoldQuestion, Roll, Source
from eval.metrics import Figures, score
from eval.retrieval import ir_figures
from eval.summary import (
    SLICES,
    Estimate,
    Scored,
    SliceKey,
    estimates,
    groups,
    latency,
    means,
    refusal_precision,
    slices,
)
from ingest.errors import GoldError

Ask = Callable[[GoldQuestion], Mapping[str, Any]]
PACKAGES = (
    "charterwijzer",
    "torch",
    "sentence-transformers",
    "faiss-cpu",
    "bm25s",
    "llama-index-core",
    "ir-measures",
)
SLICE_FIGURES = (
    "correct",
    "nugget_recall",
    "cite_recall",
    "recall@5",
    "refused_unanswerable",
    "false_refusal",
)
COMMIT = ("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


@dataclass(frozen=True)
class Result(Scored):
    """One question of a run; ``answer`` is None and ``error`` the reason where asking failed."""

    answer: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True)
class Run:
    """A run folder that was read: what was run, and every question with its answer and figures."""

    folder: Path
    info: Mapping[str, Any]
    results: tuple[Result, ...]

    @property
    def name(self) -> str:
        """The name for people."""
        return str(self.info.get("name") or self.folder.name)

    @property
    def by_id(self) -> dict[str, Result]:
        """The results by question."""
        return {result.question.id: result for result in self.results}


def run(questions: Iterable[GoldQuestion], ask: Ask, source: Source, folder: Path, settings: Mapping[str, Any]) -> Run:
    """Ask and score every question; return the run, kept in ``folder``.

    A question at which ``ask`` raises counts as zero and is recorded with the reason; the run goes on.
    ``settings`` are kept as they are; ``name`` among them is the name of the run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    info = {"name": folder.name, **settings, **environment()}
    _write(folder / "run.json", info)
    began = time.monotonic()
    with (folder / "results.jsonl").open("w", encoding="utf-8") as file:
        results = tuple(_keep(_result(question, ask, source), file) for question in questions)
    spent = {"seconds": round(time.monotonic() - began, 1)}
    _write(folder / "figures.json", figures(results, source) | spent)
    return Run(folder, info, results)


def _result(question: GoldQuestion, ask: Ask, source: Source) -> Result:
    try:
        answer = json.loads(json.dumps(ask(question)))
        return Result(question, score(question, answer, source), answer, answer.get("error"))
    except Exception as error:  # whatever goes wrong in the system under test is a zero, not the end of the run
        return Result(question, score(question, None, source), None, f"{type(error).__name__}: {error}")


def _keep(result: Result, file: TextIO) -> Result:
    file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
    file.flush()
    return result


def figures(results: Sequence[Result], source: Source) -> dict[str, Any]:
    """Return the figures of a run: means with intervals, retrieval, slices, latency and failures."""
    answers = {result.question.id: result.answer or {} for result in results}
    asked = [result.question for result in results]
    measured = ir_figures(asked, answers, source) if find_spec("ir_measures") else {}
    parts = groups(results)
    return {
        "questions": len(results),
        "errors": {result.question.id: result.error for result in results if result.error},
        "figures": {group: _as_dicts(estimates(part)) for group, part in parts.items()},
        "refusal_precision": refusal_precision(results),
        "ir_measures": {group: _ir_means(part, measured) for group, part in parts.items()},
        "slices": {name: _slice(parts.get("single", []), by) for name, by in SLICES.items()},
        "latency_ms": latency(answers.values()),
    }


def _as_dicts(found: Mapping[str, Estimate]) -> dict[str, dict[str, float]]:
    return {name: asdict(estimate) for name, estimate in found.items()}


def _slice(part: Sequence[Scored], by: SliceKey) -> dict[str, Figures]:
    return {key: {"n": len(some)} | means(some, SLICE_FIGURES) for key, some in slices(part, by).items()}


def _ir_means(part: Sequence[Scored], measured: Mapping[str, Figures]) -> Figures:
    rows = [measured[one.question.id] for one in part if one.question.id in measured]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]} if rows else {}


def environment() -> dict[str, Any]:
    """Return when, with what versions, from which commit and on what machine a run is made."""
    return {
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": _commit(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _commit() -> str | None:
    try:
        found = subprocess.run(COMMIT, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None  # installed from a wheel
    return found.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_run(folder: Path) -> Run:
    """Read a run folder; raise GoldError when it is none, or when the run was broken off."""
    if not (folder / "figures.json").is_file():
        raise GoldError(
            f"{folder} is geen voltooide meting",
            "een map met run.json, results.jsonl en figures.json",
            "Maak er een met charterwijzer eval --out MAP",
        )
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return Run(folder, info, tuple(_read_result(json.loads(line)) for line in lines))


def _read_result(record: Mapping[str, Any]) -> Result:
    return Result(_question(record["question"]), record["figures"], record["answer"], record["error"])


def _question(given: dict[str, Any]) -> GoldQuestion:
    roll = given["roll"]
    if roll:
        values = {charter: tuple(variants) for charter, variants in roll["values"].items()}
        roll = Roll(**roll | {"values": values})
    records = {
        "charters": tuple(given["charters"]),
        "nuggets": tuple(tuple(variants) for variants in given["nuggets"]),
        "evidence": tuple(Evidence(**entry) for entry in given["evidence"]),
        "roll": roll,
    }
    return GoldQuestion(**given | records)
