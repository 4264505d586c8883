"""An answer being written: the source's sentences give way one by one to written ones that passed the check.

A draft starts as the extractive answer. A written sentence takes the place of the source's sentences that it cites;
those that nothing written covers stay, so that a written answer never says less than the extractive one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.sentences import split
from qa.check import Source

_PIECE = re.compile(r"\s*(.+?)((?:\s*\[\d+\])+)", re.S)
_MARK_BEHIND = re.compile(r"([.!?]+[\"'”’»]?)((?:[ \t]*\[[\d,;\s]+\])+)")


@dataclass(frozen=True)
class Part:
    """A sentence of the answer with what it cites; ``written`` tells it from the source's own."""

    text: str
    numbers: tuple[int, ...]
    written: bool = False


@dataclass
class Draft:
    """The sentences written so far and the source's that still stand."""

    rest: list[Part]
    done: list[Part] = field(default_factory=list)

    def giving_way(self, numbers: Iterable[int]) -> list[Part]:
        """Return the source's sentences of which a written one with these numbers would take the place."""
        wanted = set(numbers)
        return [part for part in (*self.done, *self.rest) if not part.written and set(part.numbers) <= wanted]

    def keep(self, text: str, numbers: tuple[int, ...]) -> None:
        """Take in a written sentence in place of the source's sentences that it cites."""
        gone = self.giving_way(numbers)
        self.done = [part for part in self.done if part not in gone]
        self.rest = [part for part in self.rest if part not in gone]
        self.done.append(Part(text, numbers, written=True))

    def restore(self, numbers: Iterable[int]) -> bool:
        """Put the source's own sentence where a refused one cited it; say whether there was one."""
        wanted = set(numbers)
        found = [part for part in self.rest if set(part.numbers) & wanted]
        self.rest = [part for part in self.rest if part not in found]
        self.done += found
        return bool(found)

    @property
    def parts(self) -> list[Part]:
        """All sentences in the order in which they are read."""
        return [*self.done, *self.rest]


def pieces_of(text: str, charters: Iterable[str]) -> list[Part]:
    """Take an extractive answer apart into its sentences; labels ("Stad:") are left out."""
    labels = "|".join(sorted(map(re.escape, charters), key=len, reverse=True)) or r"(?!)"
    label = re.compile(rf"^(?:{labels}):\s+")
    return [
        Part(label.sub("", match[1].strip()), tuple(int(n) for n in re.findall(r"\d+", match[2])))
        for match in _PIECE.finditer(text)
    ]


def joined(parts: Sequence[Part], sources: Mapping[int, Source], scope: Sequence[str], labelled: bool = True) -> str:
    """Return the sentences as running text with markers; a change of charter that the sentence does not say is said."""
    current = scope[0] if len(scope) == 1 else ""
    out: list[str] = []
    for part in parts:
        charter = sources[part.numbers[0]].charter
        if labelled and charter != current and charter not in part.text:
            out.append(f"{charter}:")
        current = charter
        out.append(f"{part.text} {''.join(f'[{n}]' for n in part.numbers)}")
    return " ".join(out)


def renumbered(parts: Iterable[Part], numbers: Mapping[int, int]) -> list[Part]:
    """Return the parts with other numbers."""
    return [replace(part, numbers=tuple(numbers[n] for n in part.numbers)) for part in parts]


@dataclass
class Sentences:
    """Cuts a stream of text into sentences, each with the markers that stand behind it."""

    _text: str = ""

    def feed(self, piece: str) -> list[str]:
        """Take in a piece; return the sentences that are complete now."""
        self._text += piece
        out: list[str] = []
        while "\n" in self._text:
            line, self._text = self._text.split("\n", 1)
            out += _cut(line)
        found = _cut(self._text)
        if len(found) > 1:
            out += found[:-1]
            self._text = found[-1] + self._text[len(self._text.rstrip()) :]
        return out

    def end(self) -> tuple[list[str], bool]:
        """Return what is left at the end, and whether it was cut off in the middle of a sentence."""
        found, self._text = _cut(self._text), ""
        whole = not found or re.search(r"[.!?\]][\"'”’»]?$", found[-1]) is not None
        return (found, False) if whole else (found[:-1], True)


def _cut(text: str) -> list[str]:
    """Sentences of one line; a marker behind the full stop belongs to the sentence before it."""
    inside = _MARK_BEHIND.sub(r"\2\1", text)
    out: list[str] = []
    for start, end in split(inside):
        sentence = inside[start:end]
        if out and sentence.startswith("["):
            out[-1] += f" {sentence}"
        else:
            out.append(sentence)
    return out
