"""What the page needs to know of one opened corpus, made once when the server starts."""

from dataclasses import dataclass
from pathlib import Path

from ingest.atlas import Atlas, read_atlas
from ingest.errors import UsageError
from ingest.model import Passage, Unit, unit_of
from ingest.whole import Whole, whole_charters
from qa.engine import Engine
from qa.overview import Cell, Facts, facts_of, theme_matrix


@dataclass(frozen=True)
class Catalogue:
    """One corpus for reading: its charters as a whole, their facts and themes, its passages by id, its atlas."""

    wholes: dict[str, Whole]
    facts: dict[str, Facts]
    themes: dict[tuple[str, str], Cell]
    passages: dict[str, Passage]
    atlas: Atlas
    title: str

    @classmethod
    def of(cls, engine: Engine) -> "Catalogue":
        """Read everything once; raises CorpusError where the atlas beside the corpus cannot be read."""
        index = engine.index
        paths = [Path(path) for path in index.manifest["paths"]]
        wholes = whole_charters(index.documents, index.charters, paths)
        atlas = read_atlas(paths)
        return cls(
            wholes={whole.charter.name: whole for whole in wholes},
            facts={whole.charter.name: facts_of(whole) for whole in wholes},
            themes=theme_matrix(wholes, atlas.themes),
            passages={passage.id: passage for passage in index.passages},
            atlas=atlas,
            title="De Charters" if not paths else ", ".join(path.name for path in paths),
        )

    def whole(self, charter: str) -> Whole:
        """Return a charter; raises UsageError for one that the corpus does not have."""
        found = self.wholes.get(charter)
        if found is None:
            raise UsageError(f"Charter {charter!r} is er niet", ", ".join(self.wholes))
        return found

    @property
    def unit(self) -> Unit:
        """What a charter of this corpus is called."""
        return unit_of([whole.charter for whole in self.wholes.values()])
