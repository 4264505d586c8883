"""The records of reading: a document, its charters, their sections and passages.

All offsets are Unicode code points of the decoded, unchanged document (half-open), all line numbers count
from 1 and include both ends.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Actor = Literal["gemeente", "rijk", "gezamenlijk"]
ACTORS: tuple[Actor, ...] = ("gemeente", "rijk", "gezamenlijk")


@dataclass(frozen=True)
class Span:
    """A stretch of one document: ``document.text[start:end]``, lines ``start_line`` to ``end_line``."""

    document: str
    start: int
    end: int
    start_line: int
    end_line: int


@dataclass(frozen=True)
class Document:
    """A published text, unchanged; ``name`` is its path inside the corpus folder.

    ``sha256`` is that of its bytes and of what the manifest says of it: if either changes, read it again.
    """

    name: str
    text: str
    sha256: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first character of every line."""
        starts = [0]
        for i, char in enumerate(self.text):
            if char == "\n":
                starts.append(i + 1)
        return starts

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters ``start`` to ``end``, with its lines."""
        first = bisect_right(self.line_starts, start)
        last = bisect_right(self.line_starts, max(start, end - 1))
        return Span(self.name, start, end, first, last)

    def quote(self, span: Span) -> str:
        """Return the exact characters of ``span``."""
        return self.text[span.start : span.end]


@dataclass(frozen=True)
class Charter:
    """One agreement (or, in a corpus without charters, one whole document): the unit a question can name.

    ``aliases`` are other names of the city and its inhabitants ("Haagse"), ``places`` its neighbourhoods in
    all spellings; both come from the manifest and are empty without one.
    """

    name: str
    span: Span
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """What a unit of the corpus is called in Dutch: one of them, and several."""

    one: str
    many: str

    def of(self, names: Sequence[str]) -> str:
        """Return what the units of these names are called."""
        joined = " en ".join(names)
        if self == CHARTER:
            return f"het charter van {joined}"
        return f"{'het document' if len(names) == 1 else 'de documenten'} {joined}"

    def count(self, number: int) -> str:
        """Return a number of them."""
        return f"{number} {self.one if number == 1 else self.many}"


CHARTER, DOCUMENT = Unit("charter", "charters"), Unit("document", "documenten")


def unit_of(charters: Sequence[Charter]) -> Unit:
    """Return what the units of a corpus are: whole documents, unless a manifest says what is in them."""
    documents = {charter.span.document for charter in charters}
    return CHARTER if len(documents) < len(charters) or any(charter.aliases for charter in charters) else DOCUMENT


@dataclass(frozen=True)
class Section:
    """A node of the section tree, from its heading to the next heading.

    ``path`` holds the headings from chapter to this one, cleaned for reading. A section published in several
    stretches (pages out of order) has one record for each.
    """

    charter: str
    path: tuple[str, ...]
    actor: Actor
    span: Span


@dataclass(frozen=True)
class Sentence:
    """The smallest piece that is ever quoted.

    ``document.text[start:end]`` is the exact source; ``text`` is the same for reading: broken lines joined,
    page furniture and footnotes inside it left out, emphasis marks removed, and for a table row its title and
    header added. A sentence whose halves lie pages apart is two records, each with the whole ``text``.
    ``actor`` is decided by the sentence's own subject before its heading. ``bullet`` is 0 for running text,
    else the depth of the list item.
    """

    start: int
    end: int
    text: str
    actor: Actor
    bullet: int = 0


@dataclass(frozen=True)
class Passage:
    """A piece of one section that is embedded, indexed and retrieved; its sentences are in reading order.

    ``actor`` is that of the section. ``span`` runs from the first to the last sentence.
    """

    id: str
    charter: str
    section: tuple[str, ...]
    actor: Actor
    span: Span
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """The passage for reading, one list item or paragraph a line."""
        out: list[str] = []
        for sentence in self.sentences:
            lead = "\n- " if sentence.bullet else " "
            out.append(f"{lead}{sentence.text}")
        return "".join(out).strip()

    def items(self, position: int) -> range:
        """Return the positions of the list that the sentence at ``position`` announces; empty where it does not."""
        end = position + 1
        if self.sentences[position].text.rstrip().endswith(":"):
            while end < len(self.sentences) and self.sentences[end].bullet > self.sentences[position].bullet:
                end += 1
        return range(position + 1, end)

    @property
    def header(self) -> str:
        """'Stad › hoofdstuk › paragraaf (partij)': embedded and indexed with the text, never quoted."""
        return " › ".join((self.charter, *self.section)) + f" ({self.actor})"


@dataclass(frozen=True)
class Corpus:
    """Everything read from one corpus folder."""

    documents: tuple[Document, ...]
    charters: tuple[Charter, ...]
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]

    def document(self, name: str) -> Document:
        """Return the document of that name."""
        return next(document for document in self.documents if document.name == name)
