"""The manifest of a corpus: what cannot be read off the text. All data about one corpus lives there."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import CorpusError

MANIFEST = "manifest.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CharterEntry(_Strict):
    """One charter of a document; line numbers count from 1 and include both ends.

    ``lines`` is the range in the document; ``head`` the exact text of its heading, on line ``head_line``
    (without it: the first non-blank line); ``furniture`` lines that are page headers wherever they stand in
    the range; ``reading_order`` the ranges to be read one after another where the pages were published out of
    order (lines it leaves out are read last).
    """

    number: int | None = None
    city: str = Field(min_length=1)
    lines: tuple[int, int]
    head: str = ""
    head_line: int | None = None
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    reading_order: tuple[tuple[int, int], ...] = ()

    @model_validator(mode="after")
    def _ranges_make_sense(self) -> "CharterEntry":
        for first, last in (self.lines, *self.reading_order):
            if not self.lines[0] <= first <= last <= self.lines[1]:
                raise ValueError(f"regels {first}-{last} liggen niet op volgorde binnen {list(self.lines)}")
        return self

    def line_numbers(self) -> list[int]:
        """Every line of the charter once, in reading order."""
        order = [n for first, last in self.reading_order for n in range(first, last + 1)]
        seen = set(order)
        if len(seen) != len(order):
            raise CorpusError(f"In {MANIFEST} noemt reading_order van {self.city} een regel twee keer")
        return order + [n for n in range(self.lines[0], self.lines[1] + 1) if n not in seen]


class DocumentEntry(_Strict):
    """One document: its path in the corpus folder, its SHA-256, its charters (none: it is one itself)."""

    path: str = Field(min_length=1)
    sha256: str = ""
    charters: tuple[CharterEntry, ...] = ()


class Manifest(_Strict):
    """The file ``manifest.toml`` beside the documents; ``synonyms`` are groups of words that mean one thing in them."""

    title: str = ""
    provenance: str = ""
    synonyms: tuple[tuple[str, ...], ...] = ()
    documents: tuple[DocumentEntry, ...] = ()

    def entry(self, name: str) -> DocumentEntry | None:
        """Return what the manifest says of the document ``name``."""
        return next((entry for entry in self.documents if entry.path == name), None)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of ``folder``; without one, an empty manifest.

    Raises:
        CorpusError: the file is no TOML, or has an unknown key or a wrong value.

    """
    path = folder / MANIFEST
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Manifest.model_validate(data)
    except FileNotFoundError:
        return Manifest()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{path} is niet te lezen: {error}", "een geldig TOML-bestand") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CorpusError(
            f"{path}: '{where}' klopt niet ({first['msg']})",
            "de sleutels uit de README",
            "Verbeter het bestand",
        ) from error
