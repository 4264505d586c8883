import io

import pytest
from rich.console import Console

from eval.gold import BUNDLED, Source, read_gold


@pytest.fixture(scope="session")
def printed():
    """Gives what a terminal of 200 columns shows of something."""

    def text(shown):
        console = Console(file=io.StringIO(), width=200, color_system=None)
        console.print(shown)
        return console.file.getvalue()

    return text


@pytest.fixture(scope="session")
def source():
    return Source.read()


@pytest.fixture(scope="session")
def development():
    """The given gold files: all that ships takes long."""
    return [BUNDLED / f"{name}.jsonl" for name in ("dev_collection", "dev_single", "own_followup")]


@pytest.fixture(scope="session")
def gold(source, development):
    return read_gold(development, source)


@pytest.fixture(scope="session")
def oracle(source):
    """Answers every gold question with the gold itself."""

    def cite(n, evidence):
        starts = [0]
        for line in source.lines[evidence.document]:
            starts.append(starts[-1] + len(line) + 1)
        start = source.documents[evidence.document].index(evidence.quote, starts[evidence.start - 1])
        return {
            "n": n,
            "passage_id": f"p{n}",
            "charter": evidence.charter,
            "document": evidence.document,
            "start_line": evidence.start,
            "end_line": evidence.end,
            "start_char": start,
            "end_char": start + len(evidence.quote),
            "quote": evidence.quote,
        }

    def ask(question):
        cited = [cite(n, evidence) for n, evidence in enumerate(question.evidence, start=1)]
        items, roll = [], question.roll
        for charter, label in roll.items.items() if roll else ():
            verdict = {"ja": "yes", "nee": "no", "deels": "partly"}[label]
            value = next(iter(roll.values.get(charter, ())), None)
            items.append({"charter": charter, "verdict": verdict, "value": value})
        return {
            "id": question.id,
            "question": question.question,
            "answer": question.answer,
            "refused": not question.answerable,
            "items": items,
            "citations": cited,
            "retrieved": cited,
            "timings_ms": {"retrieve": 1.0, "answer": 2.0, "total": 3.0},
        }

    return ask
