"""What a page shows of a corpus beside its text: positions on a map, themes, neighbourhoods, example questions.

It lies in ``atlas.toml`` beside the documents. Nothing of it is needed to answer: a corpus without it has no map.
"""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.corpus import bundled_corpus
from ingest.errors import CorpusError

ATLAS = "atlas.toml"
Ring = tuple[tuple[float, float], ...]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Strict):
    """Where a charter lies (degrees), on which side of the dot its name stands, and its neighbourhoods."""

    charter: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    label: str = Field("right", pattern="^(left|right|above|below)$")
    neighbourhoods: tuple[str, ...] = ()


class Theme(_Strict):
    """A subject that charters have in common: a heading with one of ``words`` (regular expressions) is about it."""

    name: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)


class Examples(_Strict):
    """Questions to show as examples of one kind."""

    kind: str = Field(min_length=1)
    questions: tuple[str, ...] = Field(min_length=1)


class Atlas(_Strict):
    """The file ``atlas.toml``; ``outline`` names a file with the rings of the map, in degrees."""

    outline: str = ""
    lacks: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    themes: tuple[Theme, ...] = ()
    examples: tuple[Examples, ...] = ()
    rings: tuple[Ring, ...] = ()

    def place(self, charter: str) -> Place | None:
        """Return what is known of a charter's place."""
        return next((place for place in self.places if place.charter == charter), None)


def read_atlas(paths: Sequence[Path]) -> Atlas:
    """Read the atlas beside the documents of a corpus; empty where there is none.

    Args:
        paths: where the corpus was read; none: the one that ships.

    Raises:
        CorpusError: the file, or the outline that it names, cannot be read or has an unknown key.

    """
    folder = next((path for path in paths if path.is_dir()), None) if paths else bundled_corpus()
    if folder is None or not (folder / ATLAS).is_file():
        return Atlas()
    path = folder / ATLAS
    try:
        atlas = Atlas.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        if atlas.outline:
            path = folder / Path(atlas.outline).name
            rings = json.loads(path.read_text(encoding="utf-8"))["rings"]
            atlas = Atlas.model_validate(atlas.model_dump() | {"rings": rings})
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        said = str(error).splitlines()[0]
        raise CorpusError(
            f"{path} is niet te lezen: {said}",
            "de sleutels van corpus/atlas.toml",
            "Verbeter het bestand of haal het weg",
        ) from error
    return atlas
