"""What users said of answers, as candidates for the gold: never gold by itself.

The page keeps a line for every answer that a user called "goed" or "fout", or of which they corrected a verdict. Each
question becomes one candidate, with everything that was said filled in and the rest left open. A candidate has
``"candidate": true``, and a file with such a line is refused as gold: somebody who knows the document completes it,
checks it against the text and takes the field away.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import GoldQuestion, Label
from eval.matching import normalise, without_markers
from eval.metrics import Answer, citations, items, refused, text_of
from ingest.errors import GoldError, UsageError

EXPECTED = "feedback van de pagina, een object per regel"
RATINGS = ("goed", "fout")
LABEL_OF: Mapping[str, Label] = {"yes": "ja", "partly": "deels", "no": "nee"}


@dataclass(frozen=True)
class Correction:
    """A verdict that the user changed: of which charter, and into what."""

    charter: str
    verdict: str


@dataclass(frozen=True)
class Remark:
    """What a user said of one answer; ``asked`` is the question so that it can be understood by itself."""

    time: str
    question: str
    asked: str
    good: bool
    reason: str
    corrections: tuple[Correction, ...]
    answer: Answer


def read_feedback(path: Path, torn: Callable[[int], None] = lambda number: None) -> list[Remark]:
    """Read a file of feedback; raise GoldError that names the first line that cannot be used, with the reason.

    ``torn`` is told of a line that broke off while it was written, as a crash leaves it; it is passed over.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        raise GoldError(f"Het bestand {path} is niet te lezen: {error}", "feedback van de pagina (JSONL)") from error
    remarks = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            remarks.append(remark_of(json.loads(line)))
        except json.JSONDecodeError as error:
            if not line.startswith("{"):
                raise GoldError(f"{path}, regel {number}: geen geldige JSON ({error.msg})", EXPECTED) from error
            torn(number)
        except ValueError as error:
            raise GoldError(f"{path}, regel {number}: {error}", EXPECTED) from error
    return remarks


def remark_of(given: object) -> Remark:
    """Return one line of feedback; raise ValueError with a Dutch reason."""
    if not isinstance(given, dict):
        raise ValueError("de regel is geen object")
    question, understood = given.get("question"), given.get("understood")
    if not (isinstance(question, str) and question.strip()):
        raise ValueError("veld 'question' ontbreekt of is geen tekst")
    if given.get("rating") not in RATINGS:
        raise ValueError(f"'rating' kent {given.get('rating')!r} niet, wel {' en '.join(RATINGS)}")
    if not isinstance(given.get("answer"), dict):
        raise ValueError("veld 'answer' is geen antwoord")
    verdicts = given.get("verdicts") or []
    if not isinstance(verdicts, list):
        raise ValueError("'verdicts' moet een lijst zijn")
    return Remark(
        time=str(given.get("time") or ""),
        question=question,
        asked=understood if isinstance(understood, str) and understood else question,
        good=given["rating"] == "goed",
        reason=str(given.get("reason") or ""),
        corrections=tuple(map(_correction, verdicts)),
        answer=given["answer"],
    )


def _correction(given: object) -> Correction:
    if not isinstance(given, dict) or not isinstance(given.get("charter"), str) or given.get("is") not in LABEL_OF:
        raise ValueError(f"in 'verdicts' staat {given!r}, geen charter met 'is': {', '.join(LABEL_OF)}")
    return Correction(given["charter"], given["is"])


def candidates(remarks: Iterable[Remark], known: Sequence[GoldQuestion] = ()) -> list[dict[str, Any]]:
    """Return one candidate for each question, in the order in which they were first asked.

    What was said last of a question counts; ``known`` questions are named in the candidate that repeats one.
    """
    by_question: dict[str, list[Remark]] = {}
    for remark in remarks:
        by_question.setdefault(normalise(remark.asked), []).append(remark)
    gold = {normalise(question.standalone or question.question): question.id for question in known}
    return [_candidate(said, gold.get(asked)) for asked, said in by_question.items()]


def _candidate(said: Sequence[Remark], known: str | None) -> dict[str, Any]:
    last = max(said, key=lambda remark: remark.time)
    made: dict[str, Any] = {
        "id": f"kandidaat-{hashlib.sha256(normalise(last.asked).encode()).hexdigest()[:10]}",
        "candidate": True,
        "todo": _todo(last),
        "question": last.asked,
        **(_collection(last) if last.answer.get("kind") == "collection" else _single(last)),
        "feedback": {
            "time": last.time,
            "asked": last.question,
            "rating": "goed" if last.good else "fout",
            "reason": last.reason,
            "said": text_of(last.answer),
            "goed": sum(remark.good for remark in said),
            "fout": sum(not remark.good for remark in said),
        },
    }
    return made | ({"known": known} if known else {})


def _todo(remark: Remark) -> str:
    if remark.answer.get("kind") == "collection":
        return "Controleer elk charter bij 'items', en het bewijs."
    if not remark.good:
        return "Schrijf het goede antwoord: 'type', 'answer', 'nuggets' en 'evidence'."
    if refused(remark.answer):
        return "Controleer dat de charters hier echt niets over zeggen, en noem bij 'charters' die de vraag noemt."
    return "Vul 'nuggets' in, kies 'type' en laat bij 'evidence' alleen staan wat het antwoord bewijst."


def _single(remark: Remark) -> dict[str, Any]:
    """What is known of a question with one answer: all of it where the answer was good, else only the question."""
    trusted = remark.good and not refused(remark.answer)
    cited = citations(remark.answer)
    return {
        "type": "unanswerable" if remark.good and refused(remark.answer) else _type(remark.answer),
        "style": "",
        # Of a refusal the citations are only what came nearest.
        "charters": list(dict.fromkeys(str(citation.get("charter")) for citation in cited)) if trusted else [],
        "answer": without_markers(text_of(remark.answer)) if remark.good else "",
        "nuggets": [],
        "evidence": [_evidence(citation) for citation in cited] if trusted else [],
    }


def _type(answer: Answer) -> str:
    return "compare" if answer.get("kind") == "compare" else "fact"


def _collection(remark: Remark) -> dict[str, Any]:
    """The verdicts as the user left them; those of an answer called wrong hold only where they were corrected."""
    changed = {correction.charter: correction.verdict for correction in remark.corrections}
    verdicts = {str(item.get("charter")): str(item.get("verdict")) for item in items(remark.answer)} | changed
    labels = {charter: LABEL_OF.get(verdict, "deels") for charter, verdict in verdicts.items()}
    return {
        "type": "aggregate",
        "style": "",
        "items": labels,
        "checked": sorted(changed) if changed or not remark.good else sorted(labels),
        "answer": "",
        "evidence": [_evidence(c) for c in citations(remark.answer) if labels.get(str(c.get("charter"))) == "ja"],
    }


def _evidence(citation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "charter": citation.get("charter"),
        "document": citation.get("document"),
        "start": citation.get("start_line"),
        "end": citation.get("end_line"),
        "quote": citation.get("quote"),
    }


def write_candidates(path: Path, made: Sequence[Mapping[str, Any]]) -> None:
    """Write candidates, one a line; UsageError where the file is there, since someone may have completed it."""
    if path.exists():
        raise UsageError(f"{path} is er al", "een nieuw bestand", "Geef met --out een andere naam")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines(made), encoding="utf-8")


def lines(made: Iterable[Mapping[str, Any]]) -> str:
    """Return candidates as JSON Lines."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made)
