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

    A sentence that is not one of the passage's is shown alone.
    """
    sentences = passage.sentences if passage else ()
    spans = [(sentence.start, sentence.end) for sentence in sentences]
    place = next((i for i, (start, end) in enumerate(spans) if start == citation.start_char and end > start), None)
    if place is None or citation.end_char > sentences[place].end:
        return Surroundings("", reading(citation.quote), "")
    cut = citation.end_char < sentences[place].end  # a quote has at most 1,500 characters
    quote = reading(citation.quote) if cut else sentences[place].text
    before = " ".join(sentence.text for sentence in sentences[:place]).split()
    after = " ".join(sentence.text for sentence in sentences[place + 1 :]).split()
    return Surroundings(
        ("… " if len(before) > _AROUND else "") + " ".join(before[-_AROUND:]),
        quote,
        " ".join(after[:_AROUND]) + (" …" if len(after) > _AROUND else ""),
    )
