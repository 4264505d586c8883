"""An engine that is ready to answer: makes or mends its index where that is ours to do."""

from pathlib import Path

from index.encoder import encoder_name, open_encoder, prepare_encoder
from index.store import MANIFEST, read_manifest
from index.update import recorded_paths, source_hash, update_index
from ingest.errors import IndexFolderError
from qa.engine import Engine
from qa.settings import Settings
from ui.progress import ShownSteps


def open_engine(index: Path | None, settings: Settings, steps: ShownSteps) -> Engine:
    """Open the engine on ``index`` (None: the folder of the settings), building that index where needed.

    The default index is built when there is none, and renewed when the program or its corpus changed. Any
    damaged index is built again from where its corpus was read. An index of the user's own that is missing,
    or was built by another model, is left as it is: embedding it may have taken hours.

    Raises IndexFolderError, CorpusError or ModelError with what to do.
    """
    folder = index or settings.index_dir
    prepare_encoder(settings.model, settings.cache_dir, steps.step)
    try:
        why = _outdated(folder)
        if why is None:
            return Engine.open(folder, settings, settings.llm)
    except IndexFolderError as error:
        if not _may_build(folder, settings):
            raise
        why = error.found
    steps.notice(f"{why}. De index wordt nu gemaakt; dat duurt ongeveer een minuut.")
    renew(folder, settings, steps)
    return Engine.open(folder, settings, settings.llm)


def renew(folder: Path, settings: Settings, steps: ShownSteps, rebuild: bool = False) -> None:
    """Bring the index up to date with the corpus it was made of, or else with the one that ships."""
    update_index(
        recorded_paths(folder) or [],
        folder,
        encoder_name(settings.model),
        lambda: open_encoder(settings.model, settings.cache_dir, steps.step),
        steps,
        rebuild,
    )


def _outdated(folder: Path) -> str | None:
    """Say why an index of the corpus that ships is to be renewed; a user's own is renewed at command only."""
    manifest = read_manifest(folder)
    if manifest["paths"] or manifest["source"] == source_hash([]):
        return None
    return "De index is gemaakt met een eerdere versie van Charterwijzer of van het corpus"


def _may_build(folder: Path, settings: Settings) -> bool:
    paths = recorded_paths(folder)
    if not paths:  # the corpus that ships, or none known
        return paths is not None or folder.resolve() == settings.index_dir.resolve()
    try:
        other_model = read_manifest(folder)["model"] != encoder_name(settings.model)
    except IndexFolderError:
        other_model = False
    return not other_model and (folder / MANIFEST).exists() and all(path.exists() for path in paths)
