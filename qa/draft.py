"""An answer being written: the source's sentences give way one by one to written ones that passed the check.

A draft starts as the extractive answer. A written sentence takes the place of the source's sentences that it cites;
those that nothing written covers stay, so that a written answer never says less than the extractive one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.sentences import split
from qa.check import Source
from qa.model import Citation

LONGEST_SENTENCE = 1500  # characters
MOST_MARKERS = 20
_PIECE = re.compile(r"\s*(.+?)((?:\s*\[\d+\])+)", re.S)
_MARK_BEHIND = re.compile(r"([.!?]+[\"'”’»]?)((?:[ \t]*\[[\d,;\s]+\])+)")


@dataclass(frozen=True)
class Part:
    """A sentence of the answer with what it cites: ``written``, or the source's own; one that ``stays`` is needed."""

    text: str
    numbers: tuple[int, ...]
    written: bool = False
    stays: bool = False


@dataclass
class Draft:
    """The answer's sentences in the order in which they are read: the source's, and those written in their place."""

    parts: list[Part]

    def giving_way(self, numbers: Iterable[int]) -> list[Part]:
        """Return the source's sentences of which a written one with these numbers would take the place."""
        wanted = set(numbers)
        return [part for part in self.parts if not part.written and set(part.numbers) <= wanted]

    def keep(self, text: str, numbers: tuple[int, ...]) -> None:
        """Take in a written sentence in place of the source's that it cites, or behind what was written of them.

        The order is the source's: a small model does not begin with what matters most, the reader of sentences does.
        """
        gone = self.giving_way(numbers)
        akin = [place for place, part in enumerate(self.parts) if set(part.numbers) & set(numbers)]
        place = self.parts.index(gone[0]) if gone else akin[-1] + 1 if akin else len(self.parts)
        behind = [part for part in self.parts[place:] if part not in gone]
        self.parts = [*self.parts[:place], Part(text, numbers, written=True), *behind]

    def restore(self, numbers: Iterable[int]) -> bool:
        """Have the source's own sentence stay where a refused one cited it; say whether there was one."""
        wanted = set(numbers)
        found = [part for part in self.parts if not (part.written or part.stays) and set(part.numbers) & wanted]
        self.parts = [replace(part, stays=True) if part in found else part for part in self.parts]
        return bool(found)

    def told(self, needed: Callable[[str], bool]) -> list[Part]:
        """Return the sentences to show: all but those of the source that nothing calls for."""
        return [part for part in self.parts if part.written or part.stays or needed(part.text)]


def pieces_of(text: str, charters: Iterable[str]) -> list[Part]:
    """Take an extractive answer apart into its sentences; labels ("Stad:") are left out."""
    labels = "|".join(sorted(map(re.escape, charters), key=len, reverse=True)) or r"(?!)"
    label = re.compile(rf"^(?:{labels}):\s+")
    return [
        Part(label.sub("", match[1].strip()), tuple(int(n) for n in re.findall(r"\d+", match[2])))
        for match in _PIECE.finditer(text)
    ]


def joined(
    parts: Sequence[Part], sources: Mapping[int, Source | Citation], scope: Sequence[str], labelled: bool = True
) -> str:
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
    """Return the parts with other numbers, each once."""
    return [replace(part, numbers=tuple(dict.fromkeys(numbers[n] for n in part.numbers))) for part in parts]


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

    @property
    def endless(self) -> bool:
        """Whether the sentence that has begun is longer, or cites more, than any sentence that would pass."""
        return len(self._text) > LONGEST_SENTENCE or self._text.count("[") > MOST_MARKERS

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
