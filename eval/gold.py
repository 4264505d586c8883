"""Gold questions: what a good answer must say, and where the document says it.

The format is described in ``eval/gold/README.md``; a file is JSON Lines, one question a line.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ingest.corpus import outlines_of
from ingest.errors import GoldError
from ingest.model import Charter, Document

Label = Literal["ja", "nee", "deels"]
LABELS: tuple[Label, ...] = ("ja", "nee", "deels")
ANSWERABLE = ("number", "person", "date", "place", "list", "fact", "explain", "compare", "yesno")
TYPES = (*ANSWERABLE, "unanswerable", "aggregate")
BUNDLED = Path(__file__).parent / "gold"


@dataclass(frozen=True)
class Source:
    """What gold and answers point into: the documents' texts and the document that each charter is in.

    Without ``charters`` their names are not checked, and only a corpus of one document can be scored.
    """

    documents: Mapping[str, str]
    charters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, paths: Sequence[Path] = ()) -> "Source":
        """Read the documents of a corpus; without paths, of the one that ships."""
        outlines = list(outlines_of(paths))
        return cls.of([outline.document for outline in outlines], [outline.charter for outline in outlines])

    @classmethod
    def of(cls, documents: Iterable[Document], charters: Iterable[Charter]) -> "Source":
        """Return the source of documents and charters that were read, for example into an index."""
        return cls(
            {document.name: document.text for document in documents},
            {charter.name: charter.span.document for charter in charters},
        )

    @cached_property
    def lines(self) -> dict[str, list[str]]:
        """The lines of each document; line 1 is the first."""
        return {name: text.split("\n") for name, text in self.documents.items()}

    def document_of(self, charter: str | None, document: str | None = None) -> str:
        """Return a document's name: as given, else that of the charter, else the only one, else ""."""
        only = next(iter(self.documents)) if len(self.documents) == 1 else ""
        return document or self.charters.get(charter or "", only)

    def quote(self, document: str, start: int, end: int) -> str:
        """Return the exact characters ``start`` to ``end`` of a document; "" when there is no such one."""
        return self.documents.get(document, "")[max(start, 0) : max(end, 0)]


@dataclass(frozen=True)
class Evidence:
    """A place that proves the answer: ``quote`` stands verbatim in lines ``start`` to ``end`` inclusive."""

    document: str
    charter: str | None
    start: int
    end: int
    quote: str
    alt: bool = False


@dataclass(frozen=True)
class Roll:
    """What a question over all charters expects: a label for each charter, values, and perhaps a number.

    ``inverted``: asked is which charters do not say it.
    """

    items: Mapping[str, Label]
    values: Mapping[str, tuple[str, ...]]
    count: int | None = None
    topic: str = ""
    inverted: bool = False

    def says(self, charter: str) -> bool | None:
        """Return whether a charter says what is asked about; None where that is neither true nor false."""
        label = self.items[charter]
        return None if label == "deels" else (label == "ja") != self.inverted

    def labelled(self, label: Label) -> tuple[str, ...]:
        """Return the charters with this label, in the order of the file."""
        return tuple(charter for charter, given in self.items.items() if given == label)


@dataclass(frozen=True)
class GoldQuestion:
    """One question with everything needed to score an answer; ``roll`` only for type ``aggregate``.

    ``previous`` is only there for a follow-up: the question before it, understandable by itself; ``standalone``
    is then how the follow-up is to be understood.
    """

    id: str
    question: str
    type: str
    style: str
    charters: tuple[str, ...]
    answer: str
    nuggets: tuple[tuple[str, ...], ...]
    evidence: tuple[Evidence, ...]
    roll: Roll | None = None
    previous: str = ""
    standalone: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds the answer."""
        return self.type != "unanswerable"


def bundled_gold(sets: str = "*") -> list[Path]:
    """Return the gold files that ship with the package; ``sets`` is a pattern: "dev_*" are those to measure with."""
    return sorted(BUNDLED.glob(f"{sets}.jsonl"))


def read_gold(paths: Iterable[Path], source: Source) -> list[GoldQuestion]:
    """Read and check gold files; raise GoldError at the first line that cannot be used."""
    questions: list[GoldQuestion] = []
    seen: set[str] = set()
    for path in paths:
        before = len(questions)
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            try:
                question = parse(json.loads(line), source)
                if question.id in seen:
                    raise ValueError(f"id {question.id!r} komt twee keer voor")
            except json.JSONDecodeError as error:
                reason = f"geen geldige JSON ({error.msg}, teken {error.pos + 1})"
                raise _error(path, number, reason) from error
            except ValueError as error:
                raise _error(path, number, str(error)) from error
            seen.add(question.id)
            questions.append(question)
        if len(questions) == before:
            raise GoldError(f"Het goudbestand {path} is leeg", "één vraag per regel, als JSON-object")
    return questions


def parse(record: object, source: Source) -> GoldQuestion:
    """Return the question of one line; raise ValueError with a Dutch reason. Other fields are left alone."""
    if not isinstance(record, dict):
        raise ValueError("de regel is geen object")
    if record.get("candidate"):
        raise ValueError("dit is een kandidaat: vul haar aan, controleer haar, en haal dan 'candidate' weg")
    question = GoldQuestion(
        id=_text(record, "id"),
        question=_text(record, "question"),
        type=_choice(_text(record, "type"), TYPES, "type"),
        style=_text(record, "style", default=""),
        charters=tuple(_known(name, source) for name in _strings(record.get("charters", []), "charters")),
        answer=_text(record, "answer", default=""),
        nuggets=tuple(_variants(nugget) for nugget in _list(record.get("nuggets"), "nuggets")),
        evidence=tuple(_evidence(e, record, source) for e in _list(record.get("evidence"), "evidence")),
        roll=_roll(record, source) if record["type"] == "aggregate" else None,
        previous=_text(record, "previous", default=""),
        standalone=_text(record, "standalone", default=""),
    )
    if bool(question.previous) != bool(question.standalone):
        raise ValueError("een vervolgvraag heeft 'previous' en 'standalone', allebei")
    if question.answerable and not question.roll and not question.evidence:
        raise ValueError("geen 'evidence', terwijl de vraag wel een antwoord heeft")
    return question


def _evidence(entry: object, record: dict[str, Any], source: Source) -> Evidence:
    if not isinstance(entry, dict):
        raise ValueError("'evidence' bevat iets dat geen object is")
    charters = record.get("charters") or []
    charter = entry.get("charter") or (charters[0] if len(charters) == 1 else None)
    document = source.document_of(_known(charter, source) if charter else None, entry.get("document"))
    start, end, quote = entry.get("start"), entry.get("end"), _text(entry, "quote")
    if document not in source.documents:
        raise ValueError(f"document {document!r} hoort niet bij het corpus")
    if not (type(start) is int and type(end) is int and 1 <= start <= end):  # true is an int too
        raise ValueError(f"'start' en 'end' moeten regelnummers zijn, niet {start!r} en {end!r}")
    if quote not in "\n".join(source.lines[document][start - 1 : end]):
        raise ValueError(f"dit citaat staat niet in regel {start} tot en met {end} van {document}: {quote!r}")
    return Evidence(document, charter, start, end, quote, bool(entry.get("alt", False)))


def _roll(record: dict[str, Any], source: Source) -> Roll:
    items, values, count = record.get("items"), record.get("values") or {}, record.get("count")
    if not isinstance(items, dict) or not isinstance(values, dict):
        raise ValueError("'items' en 'values' moeten objecten zijn, met de steden als sleutels")
    if not (count is None or type(count) is int):
        raise ValueError(f"'count' moet een geheel getal zijn, niet {count!r}")
    return Roll(
        items={_known(name, source): _label(label) for name, label in items.items()},
        values={_known(name, source): _strings(given, "values") for name, given in values.items()},
        count=count,
        topic=_text(record, "topic", default=""),
        inverted=bool(record.get("inverted", False)),
    )


def _label(label: object) -> Label:
    for known in LABELS:
        if label == known:
            return known
    raise ValueError(f"'items' kent alleen ja, nee en deels, niet {label!r}")


def _known(charter: str, source: Source) -> str:
    if source.charters and charter not in source.charters:
        raise ValueError(f"onbekend charter {charter!r}; dit corpus heeft {', '.join(source.charters)}")
    return charter


def _text(record: dict[str, Any], name: str, default: str | None = None) -> str:
    value = record.get(name, default)
    if not isinstance(value, str) or (not value and default is None):
        raise ValueError(f"veld {name!r} ontbreekt of is geen tekst")
    return value


def _choice(value: str, allowed: tuple[str, ...], name: str) -> str:
    if value not in allowed:
        raise ValueError(f"{name!r} kent {value!r} niet, wel {', '.join(allowed)}")
    return value


def _list(value: object, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{name!r} moet een lijst zijn")
    return value


def _strings(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name!r} moet een lijst van teksten zijn")
    return tuple(value)


def _variants(nugget: object) -> tuple[str, ...]:
    variants = _strings(nugget, "nuggets")
    if not all(variant.strip() for variant in variants) or not variants:  # one would stand everywhere, none nowhere
        raise ValueError("'nuggets' bevat een lege variant of een lege lijst")
    return variants


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(
            f"Het goudbestand {path} is niet te lezen: {error}",
            remedy="Noem een bestaand .jsonl-bestand in UTF-8",
        ) from error


def _error(path: Path, number: int, reason: str) -> GoldError:
    return GoldError(f"{path}, regel {number}: {reason}", remedy="Verbeter die regel")
