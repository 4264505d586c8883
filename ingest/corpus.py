"""Reading a corpus: a folder of documents with an optional manifest, or single files."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ingest.actors import parties_of
from ingest.errors import CorpusError
from ingest.lines import Furniture, Line, blocks_of, furniture_of, lines_of
from ingest.manifest import CharterEntry, DocumentEntry, Manifest, read_manifest
from ingest.model import Charter, Corpus, Document, Passage, Section
from ingest.passages import DEFAULT_BUDGET, passages_of
from ingest.sections import Node, tree_of

SUFFIXES = (".txt", ".md")


@dataclass(frozen=True)
class Source:
    """A document to be read: its ``name`` in the corpus folder, its file, and its manifest entry."""

    name: str
    path: Path
    entry: DocumentEntry | None = None


@dataclass(frozen=True)
class Outline:
    """One charter taken apart: its lines, what of them is furniture, its section tree in reading order."""

    charter: Charter
    document: Document
    lines: tuple[Line, ...]
    furniture: tuple[Furniture, ...]
    nodes: tuple[Node, ...]


def bundled_corpus() -> Path:
    """Return the folder of the corpus that ships with Charterwijzer."""
    return Path(str(files("corpus")))


def sources_of(paths: Sequence[Path]) -> list[Source]:
    """Return the documents that ``paths`` (folders and files) stand for, names unique, in a fixed order.

    Raises:
        CorpusError: a path does not exist, is of another kind, or holds no documents.

    """
    out: list[Source] = []
    for path in paths:
        out.extend(_in_folder(path) if path.is_dir() else [_single(path)])
    if not out:
        raise CorpusError("Er is geen pad opgegeven", "een map of bestand met .txt of .md")
    return _with_unique_names(out)


def _in_folder(folder: Path) -> list[Source]:
    manifest = read_manifest(folder)
    try:
        found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    except OSError as error:
        raise CorpusError(f"De map {folder} is niet te lezen: {error.strerror}", "", "Controleer de rechten") from error
    names = {path.relative_to(folder).as_posix(): path for path in found if not _hidden(path.relative_to(folder))}
    _check_listed(manifest, names, folder)
    if not names:
        raise CorpusError(f"In de map {folder} staan geen documenten", "bestanden die eindigen op .txt of .md")
    return [Source(name, path, manifest.entry(name)) for name, path in names.items()]


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _check_listed(manifest: Manifest, names: dict[str, Path], folder: Path) -> None:
    for entry in manifest.documents:
        if entry.path not in names:
            raise CorpusError(
                f"Het manifest noemt {entry.path}, maar dat bestand staat niet in {folder}",
                "elk genoemd document in de map",
                "Zet het bestand terug of haal het uit manifest.toml",
            )


def _single(path: Path) -> Source:
    if not path.exists():
        raise CorpusError(f"{path} bestaat niet", "een map of een bestand met .txt of .md")
    if path.suffix.lower() not in SUFFIXES:
        raise CorpusError(f"{path} is geen .txt of .md", "platte tekst of Markdown", "Zet het document eerst om")
    return Source(path.name, path, read_manifest(path.parent).entry(path.name))


def _with_unique_names(sources: list[Source]) -> list[Source]:
    """Put the folder before a name that occurs twice; the same file named twice is read once."""
    unique = list({source.path.resolve(): source for source in sources}.values())
    names = [source.name for source in unique]
    out, taken = [], set()
    for source in unique:
        name = source.name
        if names.count(name) > 1:
            name = f"{source.path.parent.name}/{name}"
        if name in taken:
            name = source.path.as_posix()
        taken.add(name)
        out.append(Source(name, source.path, source.entry))
    return out


def document_hashes(paths: Sequence[Path]) -> dict[str, str]:
    """Return ``Document.sha256`` of every document by name, without parsing: cheap enough to ask often."""
    return {source.name: _fingerprint(_bytes(source), source.entry) for source in sources_of(paths)}


def _fingerprint(data: bytes, entry: DocumentEntry | None) -> str:
    digest = hashlib.sha256(data)
    if entry is not None:
        digest.update(entry.model_dump_json().encode())
    return digest.hexdigest()


def _bytes(source: Source) -> bytes:
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise CorpusError(
            f"{source.path} is niet te lezen: {error.strerror}",
            "een leesbaar bestand",
            "Controleer pad en rechten",
        ) from error
    if not data.strip():
        raise CorpusError(f"{source.path} is leeg", "een document met tekst", "Vul het of haal het uit de map")
    return data


def read_document(source: Source) -> Document:
    """Read one document; its text is the decoded file with the line ends as they are.

    Raises:
        CorpusError: it is missing, unreadable, empty, no UTF-8, or not the file the manifest means.

    """
    data = _bytes(source)
    sha256 = hashlib.sha256(data).hexdigest()
    if source.entry and source.entry.sha256 and source.entry.sha256 != sha256:
        raise CorpusError(
            f"{source.path} is niet het document uit het manifest: SHA-256 {sha256[:12]}…",
            f"{source.entry.sha256[:12]}…",
            "Zet het oorspronkelijke bestand terug of werk manifest.toml bij",
        )
    try:
        return Document(source.name, data.decode("utf-8"), _fingerprint(data, source.entry))
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{source.path} is geen UTF-8: byte {error.start} is niet te lezen",
            "tekst in UTF-8",
            f"Zet het bestand om, bijvoorbeeld met: iconv -f WINDOWS-1252 -t UTF-8 {source.path.name}",
        ) from error


def read_corpus(paths: Sequence[Path] = (), budget: int = DEFAULT_BUDGET) -> Corpus:
    """Read documents, charters, sections and passages.

    Args:
        paths: folders and files; none: the corpus that ships with Charterwijzer.
        budget: words a passage should have.

    """
    outlines = list(outlines_of(paths))
    sections: list[Section] = []
    passages: list[Passage] = []
    for outline in outlines:
        parties = parties_of(outline.charter.name, outline.charter.aliases)
        for node in outline.nodes:
            found, pieces = passages_of(outline.document, outline.charter, node, parties, budget)
            sections.extend(found)
            passages.extend(pieces)
    documents = tuple({outline.document.name: outline.document for outline in outlines}.values())
    return Corpus(documents, tuple(outline.charter for outline in outlines), tuple(sections), tuple(passages))


def outlines_of(paths: Sequence[Path] = ()) -> Iterator[Outline]:
    """Take every charter of the corpus apart into lines, furniture and section tree."""
    taken: set[str] = set()
    for source in sources_of(paths or [bundled_corpus()]):
        document = read_document(source)
        lines = lines_of(document)
        entries = source.entry.charters if source.entry else ()
        for entry in entries:
            yield _charter(document, lines, entry, taken)
        if not entries:
            yield _unit(document, lines, taken)


def _charter(document: Document, lines: Sequence[Line], entry: CharterEntry, taken: set[str]) -> Outline:
    first, last = entry.lines
    if last > len(lines):
        raise CorpusError(
            f"{document.name} heeft {len(lines)} regels", f"regel {last} voor het charter van {entry.city}"
        )
    own = lines[first - 1 : last]
    head = next(
        (line for line in own if line.number == entry.head_line or not (line.blank or entry.head_line)),
        own[0],
    )
    if entry.head and entry.head.strip() != head.text.strip():
        raise CorpusError(
            f"Regel {head.number} van {document.name} luidt '{head.text}'",
            f"'{entry.head}', de kop van het charter van {entry.city}",
            "Werk manifest.toml bij",
        )
    # Up to the next line, so that a blank last line counts as well.
    span = document.span(own[0].start, lines[last].start if last < len(lines) else len(document.text))
    charter = Charter(_unique(entry.city, taken), span, entry.aliases, entry.places)
    furniture = furniture_of(own, entry.furniture)
    ordered = [lines[number - 1] for number in entry.line_numbers()]
    nodes = tree_of(blocks_of(ordered, furniture), parties_of(entry.city, entry.aliases), head=True)
    return Outline(charter, document, tuple(own), tuple(furniture), tuple(nodes))


def _unit(document: Document, lines: Sequence[Line], taken: set[str]) -> Outline:
    """Take a document without charters as one: named after its first heading, or its file."""
    furniture = furniture_of(lines)
    blocks = blocks_of(lines, furniture)
    nodes = tree_of(blocks, parties_of("", ()))
    title = next((node.path[-1] for node in nodes[:1] if node.heading), "")
    name = _unique(title[:120] or Path(document.name).stem, taken)
    nodes = tree_of(blocks, parties_of("", ()), name=title)
    charter = Charter(name, document.span(0, len(document.text)))
    return Outline(charter, document, tuple(lines), tuple(furniture), tuple(nodes))


def _unique(name: str, taken: set[str]) -> str:
    """Return ``name``, with a number when another charter has it already."""
    candidate, n = name, 2
    while candidate.casefold() in taken:
        candidate, n = f"{name} ({n})", n + 1
    taken.add(candidate.casefold())
    return candidate
