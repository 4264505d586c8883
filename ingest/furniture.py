"""What of a text is no content: ``python -m ingest.furniture [PATH]`` prints it for reading.

Every non-blank line lies in a passage, or is a heading or page furniture; ``uncovered_lines`` must be empty.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from ingest.corpus import outlines_of, read_corpus
from ingest.lines import Furniture, Line
from ingest.model import Charter


def furniture_lines(paths: Sequence[Path] = ()) -> list[tuple[Charter, Furniture]]:
    """Return the page furniture of every charter, in the order of the document."""
    return [(outline.charter, item) for outline in outlines_of(paths) for item in outline.furniture]


def uncovered_lines(paths: Sequence[Path] = ()) -> list[tuple[Charter, Line]]:
    """Return the non-blank lines in no passage that are no heading or furniture: none, if all is well."""
    outlines = list(outlines_of(paths))
    covered: dict[str, set[int]] = {outline.document.name: set() for outline in outlines}
    for passage in read_corpus(paths).passages:
        for sentence in passage.sentences:
            document = next(o.document for o in outlines if o.document.name == passage.span.document)
            span = document.span(sentence.start, sentence.end)
            covered[span.document].update(range(span.start_line, span.end_line + 1))
    out: list[tuple[Charter, Line]] = []
    for outline in outlines:
        known = covered[outline.document.name] | {item.line.number for item in outline.furniture}
        known |= {line.number for node in outline.nodes for block in node.heading for line in block.lines}
        out.extend((outline.charter, line) for line in outline.lines if not line.blank and line.number not in known)
    return out


def main() -> None:
    """Print line number, charter, text and reason of every furniture line, and how many there are."""
    found = furniture_lines([Path(argument) for argument in sys.argv[1:]])
    for charter, item in found:
        sys.stdout.write(f"{item.line.number:>6}  {charter.name:<12}  {item.reason:<22}  {item.line.text.strip()}\n")
    sys.stdout.write(f"{len(found)} regels horen bij de bladzijde en niet bij de tekst.\n")


if __name__ == "__main__":
    main()
