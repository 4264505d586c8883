"""A quote with the sentences around it, for reading: what comes before and after in the same passage."""

from dataclasses import dataclass

from ingest.model import Passage
from ingest.sentences import reading
from qa.model import Citation

_AROUND = 45  # words on either side


@dataclass(frozen=True)
class Surroundings:
    """A quote for reading between the ends of what surrounds it; ``before`` and ``after`` may be empty."""

    before: str
    quote: str
    after: str


def surroundings(citation: Citation, passage: Passage | None) -> Surroundings:
    """Return the quote for reading, in its passage: broken lines joined, page headers left out.

    A quote that does not begin with one of the passage's sentences is shown alone.
    """
    sentences = passage.sentences if passage else ()
    first = next(
        (i for i, one in enumerate(sentences) if one.start == citation.start_char and one.end > one.start), None
    )
    if first is None:
        return Surroundings("", reading(citation.quote), "")
    last = max(i for i, one in enumerate(sentences) if i == first or one.start < citation.end_char)
    cut = citation.end_char != sentences[last].end  # a quote has at most 1,500 characters
    quote = reading(citation.quote) if cut else " ".join(one.text for one in sentences[first : last + 1])
    before = " ".join(one.text for one in sentences[:first]).split()
    after = " ".join(one.text for one in sentences[last + 1 :]).split()
    return Surroundings(
        ("… " if len(before) > _AROUND else "") + " ".join(before[-_AROUND:]),
        quote,
        " ".join(after[:_AROUND]) + (" …" if len(after) > _AROUND else ""),
    )
