"""A charter as a whole, for reading on: every line with its place in the section tree.

The index holds passages; whoever opens a citation wants the text around it, as published, with its headings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.actors import parties_of
from ingest.corpus import Outline, outlines_of
from ingest.errors import CorpusError
from ingest.lines import Line, blocks_of, furniture_of, lines_of
from ingest.model import Actor, Charter, Document
from ingest.sections import tree_of

Role = Literal["heading", "furniture", "text", "item", "row", "note"]


@dataclass(frozen=True)
class Heading:
    """A heading of the section tree; ``depth`` is 1 for a chapter."""

    line: int
    title: str
    depth: int
    actor: Actor


@dataclass(frozen=True)
class Placed:
    """A line that is not blank, and what it is; ``block`` numbers the paragraph, item or row that it belongs to."""

    line: Line
    role: Role
    block: int
    depth: int = 0


@dataclass(frozen=True)
class Whole:
    """One charter for reading; ``lines`` as published, ``headings`` in reading order.

    ``exact`` is False where the files of the corpus changed since they were indexed, so that the manifest's page
    headers and reading order are not known.
    """

    charter: Charter
    document: Document
    lines: tuple[Placed, ...]
    headings: tuple[Heading, ...]
    exact: bool = True


def whole_charters(documents: dict[str, Document], charters: Sequence[Charter], paths: Sequence[Path]) -> list[Whole]:
    """Return every charter of an index as a whole.

    Args:
        documents: those of the index, by name.
        charters: those of the index.
        paths: where its corpus was read; none: the one that ships.

    """
    known = {outline.charter.name: outline for outline in _outlines(paths)}
    out = []
    for charter in charters:
        document, outline = documents[charter.span.document], known.get(charter.name)
        same = outline is not None and outline.document.sha256 == document.sha256 and outline.charter == charter
        out.append(_whole(outline, True) if outline and same else _whole(_bare(document, charter), False))
    return out


def _outlines(paths: Sequence[Path]) -> list[Outline]:
    try:
        return list(outlines_of(paths))
    except CorpusError:  # moved or emptied since: the index has the text, and ``exact`` says what is missing
        return []


def _bare(document: Document, charter: Charter) -> Outline:
    """Take a charter apart without what the manifest said of it."""
    own = [line for line in lines_of(document) if charter.span.start <= line.start < max(1, charter.span.end)]
    furniture = furniture_of(own)
    blocks = blocks_of(own, furniture)
    nodes = tree_of(blocks, parties_of(charter.name, charter.aliases))
    return Outline(charter, document, tuple(own), tuple(furniture), tuple(nodes))


def _whole(outline: Outline, exact: bool) -> Whole:
    roles: dict[int, tuple[Role, int, int]] = {item.line.number: ("furniture", 0, 0) for item in outline.furniture}
    headings: list[Heading] = []
    block = 0
    for node in outline.nodes:
        depth = max(1, len(node.path))
        if node.path:  # also where the heading itself is not in the text, as over signatures
            headings.append(Heading(node.line, node.path[-1], depth, node.actor))
        for heading in node.heading:
            block += 1
            roles |= {line.number: ("heading", block, depth) for line in heading.lines}
        for body in node.body:
            block += 1
            role: Role = "text" if body.kind == "rule" else body.kind
            roles |= {line.number: (role, block, body.depth) for line in body.lines}
    lines = tuple(_placed(outline.lines, roles))
    return Whole(outline.charter, outline.document, lines, tuple(headings), exact)


def _placed(lines: Iterable[Line], roles: dict[int, tuple[Role, int, int]]) -> Iterable[Placed]:
    for line in lines:
        if not line.blank:
            yield Placed(line, *roles.get(line.number, ("text", 0, 0)))
