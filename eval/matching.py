"""When a text states a nugget, and when a passage hits a piece of evidence: the gold README, word for word.

Everything here works on normalised text: lower case, one kind of quotation mark and dash, single spaces, and
numbers without separators between their thousands.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ONE_KIND = str.maketrans(
    dict.fromkeys("‘’‚‛`´′", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00ad⁰¹²³⁴⁵⁶⁷⁸⁹⁺", None)  # soft hyphens; superscripts are footnote marks: "13⁵ agenten"
)
# Either all dots or all spaces, and not after more digits: "2008 530.000" is two numbers, "4 100.000" too.
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:\.\d{3})+|(?: \d{3})+)(?!\d|\.\d)")
_MARKER = re.compile(r"\s*\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_NUMBER = re.compile(
    r"[\d½¼¾]+|(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|der|veer|tachtig|twintig|tig|"
    r"honderd|duizend|miljoen|half|anderhalf|en|ën)+"
)


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Return the text for comparing: without case, kinds of quotes and dashes, or spaces that say nothing."""
    text = unicodedata.normalize("NFC", text).casefold().translate(_ONE_KIND).replace("één", "een")
    text = re.sub(r"\s+", " ", text)
    text = _THOUSANDS.sub(lambda number: re.sub(r"[. ]", "", number[0]), text)
    text = re.sub(r" ?([-/]) ?", r"\1", text)
    return re.sub(r"(?<=€) | (?=%)", "", text)


def words(text: str) -> frozenset[str]:
    """Return the different words of a text."""
    return frozenset(re.findall(r"\w+", normalise(text)))


def without_markers(text: str) -> str:
    """Return an answer without its citation markers "[1]"."""
    return _MARKER.sub("", text)


def first_words(text: str, limit: int) -> str:
    """Return the first ``limit`` words of an answer, markers not counted."""
    return " ".join(without_markers(text).split()[:limit])


def states(text: str, variants: Iterable[str]) -> bool:
    """Whether one of the variants stands in the text.

    A variant stands by itself where it begins or ends in a number (13 is not in 2013, 13,5 or A13; "honderd"
    not in "tweehonderd") and when it is one word of at most three letters ("nee" is not in "neemt"). Longer
    words may be inflected or part of a compound, as the gold has them: "filmtheater" is in "wijkfilmtheater".
    """
    return any(_pattern(variant).search(normalise(text)) for variant in variants)


@lru_cache(maxsize=65536)
def _pattern(variant: str) -> re.Pattern[str]:
    plain = normalise(variant)
    pieces = re.findall(r"\w+", plain)
    before = r"(?<!\w)(?<!\d[.,])" if _closed(plain[:1], pieces[:1], pieces) else ""
    after = r"(?!\w)(?![.,]\d)" if _closed(plain[-1:], pieces[-1:], pieces) else ""
    # A space in a variant may be absent from the text ("Bo Ex", "BoEx"), but two numbers stay two.
    body = re.sub(r"(?<!\d)(?:\\ )|(?:\\ )(?!\d)", " ?", re.escape(plain.strip()))
    return re.compile(f"{before}{body}{after}")


def _closed(edge: str, piece: list[str], pieces: list[str]) -> bool:
    """Whether a variant may not touch a word at this edge; a space there in the gold means just that."""
    if not piece or not (edge.isalnum() or edge.isspace()):
        return False
    short = len(pieces) == 1 and len(piece[0]) <= 3
    return edge.isspace() or short or bool(_NUMBER.fullmatch(piece[0]))
