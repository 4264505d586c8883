"""An answer to take along: as Markdown, as a table (CSV) and as a Word document, always with its sources."""

import csv
import io
import re
from dataclasses import dataclass

from docx import Document as new_word
from docx.document import Document as Word
from docx.oxml.ns import qn

from ingest.errors import UsageError
from qa.model import Answer, Citation
from qa.surroundings import surroundings
from ui.web.answer import made_by, searched
from ui.web.catalogue import Catalogue
from ui.web.markup import VERDICTS, lines_of

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~$])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Export:
    """A file to save."""

    name: str
    media_type: str
    content: bytes


def export(answer: Answer, catalogue: Catalogue, kind: str) -> Export:
    """Return the answer as ``md``, ``csv`` or ``docx``; raises UsageError for another kind, or no table."""
    name = _file_name(answer)
    if kind == "md":
        return Export(f"{name}.md", "text/markdown;charset=utf-8", markdown(answer, catalogue).encode())
    if kind == "docx":
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return Export(f"{name}.docx", word, docx(answer, catalogue))
    if kind == "csv" and answer.items:
        # Excel takes a file for UTF-8 only when it begins with this mark.
        return Export(f"{name}.csv", "text/csv;charset=utf-8", b"\xef\xbb\xbf" + table(answer, catalogue).encode())
    raise UsageError(f"Dit antwoord is er niet als {kind!r}", "md, docx, of csv waar een tabel is")


def _file_name(answer: Answer) -> str:
    words = re.findall(r"[a-z0-9]+", answer.question.lower())
    return "-".join(["charterwijzer", *words])[:60].strip("-")


def plain(answer: Answer, catalogue: Catalogue) -> str:
    """Return the answer with its sources as plain text, for the clipboard."""
    sources = "\n".join(f"[{one.n}] {_place(one)}: “{_quote(one, catalogue)}”" for one in answer.citations)
    rows = "\n".join(f"{item.charter}: {VERDICTS[item.verdict]} {_markers(item.citations)}" for item in answer.items)
    read = [_understood(answer)] if answer.understood else []
    parts = (answer.question, *read, answer.answer, rows, sources and f"Bronnen\n{sources}", _made(answer, catalogue))
    return "\n\n".join(part for part in parts if part).strip() + "\n"


def markdown(answer: Answer, catalogue: Catalogue) -> str:
    """Return the answer as Markdown; nothing in its text acts as markup."""
    read = [_escaped(_understood(answer))] if answer.understood else []
    out = [f"# {_escaped(answer.question)}", *read, _escaped(answer.answer)]
    if answer.items:
        head = "| Charter | Oordeel | Wat het zegt | Bron |\n| --- | --- | --- | --- |"
        rows = (" | ".join(map(_escaped, _row(item_row))) for item_row in _rows(answer, catalogue))
        out.append("\n".join([head, *(f"| {row} |" for row in rows)]))
    if answer.citations:
        out.append("## Bronnen")
        out.extend(
            f"{one.n}. {_escaped(_place(one))}\n\n   > {_escaped(_quote(one, catalogue))}" for one in answer.citations
        )
    out.append(f"_{_escaped(_made(answer, catalogue))}_")
    return "\n\n".join(out) + "\n"


def _escaped(value: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(value.split()))


def table(answer: Answer, catalogue: Catalogue) -> str:
    """Return the verdicts as CSV with semicolons, as a Dutch spreadsheet reads them; no cell acts as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Charter", "Oordeel", "Wat het zegt", "Bron"])
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(answer, catalogue))
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell or "–" for cell in row)


def _rows(answer: Answer, catalogue: Catalogue) -> list[tuple[str, str, str, str]]:
    by_number = {one.n: one for one in answer.citations}
    out = []
    for item in answer.items:
        cited = [by_number[n] for n in item.citations if n in by_number]
        said = item.value or " ".join(_quote(one, catalogue) for one in cited[:1])
        out.append((item.charter, VERDICTS[item.verdict], said, "; ".join(map(_place, cited))))
    return out


def docx(answer: Answer, catalogue: Catalogue) -> bytes:
    """Return the answer as a Word document, in Dutch, with headings that Word knows as headings."""
    word = new_word()
    _dutch(word)
    word.core_properties.title, word.core_properties.author = _clean(answer.question)[:250], "Charterwijzer"
    word.core_properties.language = "nl-NL"
    word.add_heading(_clean(answer.question), level=1)
    if answer.understood:
        word.add_paragraph(_clean(_understood(answer))).runs[0].italic = True
    for line in answer.answer.splitlines():
        word.add_paragraph(_clean(line))
    if answer.items:
        _word_table(word, answer, catalogue)
    if answer.citations:
        word.add_heading("Bronnen", level=2)
        for one in answer.citations:
            word.add_paragraph(_clean(f"[{one.n}] {_place(one)}")).runs[0].bold = True
            word.add_paragraph(_clean(f"“{_quote(one, catalogue)}”"))
    word.add_paragraph(_clean(_made(answer, catalogue))).runs[0].italic = True
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _dutch(word: Word) -> None:
    """Set the language of all text, which decides spelling marks and the voice of a screen reader."""
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "nl-NL")


def _word_table(word: Word, answer: Answer, catalogue: Catalogue) -> None:
    made = word.add_table(rows=1, cols=4)
    made.style = "Light Grid"
    for cell, title in zip(made.rows[0].cells, ("Charter", "Oordeel", "Wat het zegt", "Bron"), strict=True):
        cell.text = title
    for row in _rows(answer, catalogue):
        for cell, value in zip(made.add_row().cells, row, strict=True):
            cell.text = _clean(value)


def _clean(value: str) -> str:
    """Return a text without what XML cannot hold."""
    return _XML.sub(" ", value)


def _place(citation: Citation) -> str:
    path = " › ".join((citation.charter, *citation.section))
    return f"{path} ({citation.actor}), {lines_of(citation.start_line, citation.end_line)}"


def _quote(citation: Citation, catalogue: Catalogue) -> str:
    return surroundings(citation, catalogue.passages.get(citation.passage_id)).quote


def _markers(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{n}]" for n in numbers)


def _made(answer: Answer, catalogue: Catalogue) -> str:
    return " ".join((searched(answer, catalogue), *answer.notes, made_by(answer), "Gemaakt met Charterwijzer."))


def _understood(answer: Answer) -> str:
    return f"Gelezen als: {answer.understood}"
