"""Table rows that make sense by themselves: each carries the title of its table and its column headers.

The span of a row is exactly its line; only the text for reading is written out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.lines import Line
from ingest.sentences import Piece, reading

_VALUE = re.compile(r"[€\d\"*.,%+–\-\s()]*(?:PM|mln\.?|miljoen)?[⁰-⁹¹²³\s]*", re.I)
_PIPE_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")
# A title longer than this is a paragraph that happens to stand above the table.
MAX_TITLE = 240


@dataclass(frozen=True)
class _Table:
    title: str
    header: tuple[str, ...]
    group: str = ""


def rows_of(lines: Sequence[Line], title: str) -> list[Piece]:
    """Return one piece for each row of the table ``lines``, which stands under the words ``title``."""
    table = _Table(_clean_title(title), ())
    above: tuple[str, ...] = ()
    units: dict[int, str] = {}
    out = []
    for i, line in enumerate(lines):
        cells = _cells(line.text)
        if not any(cells):
            start, end = _trimmed(line)
            out.append(Piece(start, end, line.text.strip()))
            continue
        following = _cells(lines[i + 1].text) if i + 1 < len(lines) else ()
        if not table.header and not above and _is_header(cells, following):
            table = _Table(table.title, cells)
            text = " | ".join(cell for cell in cells if cell)
        elif _is_label(cells, len(lines)):
            if i == 0:
                table = _Table(_titled(table.title, cells[0]), ())
            else:
                table = _Table(table.title, table.header, cells[0])
            text = cells[0]
        else:
            cells = _filled(cells, above, units)
            above = cells
            text = _written_out(cells, table)
        prefix = "" if table.title.endswith(text) else table.title
        out.append(Piece(*_trimmed(line), _titled(prefix, text)))
    return out


def _trimmed(line: Line) -> tuple[int, int]:
    text = line.text
    return line.start + len(text) - len(text.lstrip()), line.start + len(text.rstrip())


def _cells(text: str) -> tuple[str, ...]:
    if "\t" not in text and text.strip().startswith("|"):
        if _PIPE_RULE.fullmatch(text):
            return ()
        return tuple(reading(cell) for cell in text.strip().strip("|").split("|"))
    return tuple(reading(cell) for cell in text.rstrip().split("\t"))


def _clean_title(title: str) -> str:
    text = " ".join(title.split()).rstrip(":.").strip()
    text = re.sub(r"^(?:het|de)\s+ijkpunt(?:en)?\s+(?:is|zijn):\s*", "", text, flags=re.I)
    return text if len(text) <= MAX_TITLE else ""


def _is_header(cells: Sequence[str], following: Sequence[str]) -> bool:
    """Whether a first row names columns: two or more words and no plain values, above a row of values."""
    named = [cell for cell in cells[1:] if cell]
    years = all(re.fullmatch(r"(?:19|20)\d\d|(?=.*[^\W\d]).*", cell) for cell in named)
    if not years or ((len(cells) == 2 and cells[0]) and not following):
        return False
    numbers = [cell for cell in following[1:] if cell and _VALUE.fullmatch(cell)]
    wide = len(named) >= 2
    return wide or (bool(named) and bool(numbers) and not _VALUE.fullmatch(named[0]))


def _is_label(cells: Sequence[str], rows: int) -> bool:
    return bool(cells[0]) and not any(cells[1:]) and rows > 1


def _filled(cells: tuple[str, ...], above: Sequence[str], units: dict[int, str]) -> tuple[str, ...]:
    """Take from the rows above what this row leaves out on the left, and what a ditto mark stands for.

    ``units`` holds the last currency sign of every column and is kept up to date.
    """
    out = list(cells)
    for i, cell in enumerate(out):
        if sign := re.match(r"[€$£]", cell):
            units[i] = sign[0]
        elif cell.strip() == '"':
            out[i] = above[i] if i < len(above) else cell
        elif cell.startswith('"') and cell.count('"') == 1 and i in units:
            out[i] = units[i] + cell[1:]
    first = next((i for i, cell in enumerate(out) if cell), 0)
    out[:first] = (list(above) + [""] * first)[:first]
    return tuple(out)


def _written_out(cells: Sequence[str], table: _Table) -> str:
    total = re.fullmatch(r"totaal|total", cells[0], re.I)
    parts = [table.group] if table.group and not total else []
    for i, cell in enumerate(cells):
        if not cell:
            continue
        name = table.header[i] if i < len(table.header) else ""
        parts.append(f"{name}: {cell}" if name else cell)
    if not table.header and len(parts) == 2:
        return f"{parts[0].rstrip(':')}: {parts[1]}"
    return "; ".join(parts)


def _titled(title: str, text: str) -> str:
    return f"{title}; {text}" if title else text
