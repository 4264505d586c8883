"""Text -> vectors: one vector for the whole text and one for every token, both of length 1.

Prefixes are part of an e5 model; forgetting one costs quality silently, so they are added here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.graph import GRAPH, WORDS, open_graph, readable_model
from index.weights import FOLDER, MODEL, Announce, packaged_e5, silent
from ingest.errors import ModelError

Vectors = NDArray[np.float32]
PACKAGED = MODEL
MAX_TOKENS = 512


@dataclass(frozen=True)
class Encoded:
    """One text: ``pooled`` (dimension,) and ``tokens`` (length, dimension), float32 rows of length 1.

    ``offsets`` (length, 2) int32 says which characters of the text each token covers; (0, 0) for the model's own.
    """

    pooled: Vectors
    tokens: Vectors
    offsets: NDArray[np.int32]


class Encoder(Protocol):
    """What the index needs of an embedding model; ``name`` is remembered with the index."""

    name: str
    dimension: int

    def encode_query(self, text: str) -> Encoded:
        """Return the vectors of a question."""

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of passages, in order; over-long ones are cut at the model's window."""


def open_encoder(model: str, cache: Path, announce: Announce = silent) -> Encoder:
    """Return the encoder that ``model`` names: the packaged one, a hub name or a folder.

    ``announce`` is told, in Dutch, what takes long. Raises ModelError with what to do where it cannot be had.
    """
    if model == PACKAGED:
        return PackagedEncoder(packaged_e5(cache, announce))
    announce(f"Taalmodel {model} laden (zonder de bijstelling en de lezer van het meegeleverde model)")
    return SentenceTransformerEncoder(model, cache)


def prepare_encoder(model: str, cache: Path, announce: Announce) -> None:
    """Do now what opening the encoder would do only once, and what takes long: unpack the packaged model."""
    if model == PACKAGED:
        packaged_e5(cache, announce)


def encoder_name(model: str) -> str:
    """Return the ``name`` of the encoder that ``model`` names, without opening it."""
    return FOLDER if model == PACKAGED else model


class PackagedEncoder:
    """multilingual-e5-small on onnxruntime (see ``index.graph``)."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.name = folder.name
        with readable_model(folder):
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._words = np.load(folder / WORDS, mmap_mode="r")
            self._session = open_graph(folder / GRAPH)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self.dimension = int(self._words.shape[1])

    def encode_query(self, text: str) -> Encoded:
        """Return the vectors of a question."""
        return self._encode("query: ", [text])[0]

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of passages, in order."""
        return self._encode("passage: ", texts)

    def _encode(self, prefix: str, texts: Sequence[str]) -> list[Encoded]:
        encodings = self._tokenizer.encode_batch([prefix + text for text in texts])
        ids = [encoding.ids for encoding in encodings]
        longest = max(map(len, ids))
        padded = np.ones((len(ids), longest), np.int64)
        mask = np.zeros((len(ids), longest), np.int64)
        for row, one in enumerate(ids):
            padded[row, : len(one)], mask[row, : len(one)] = one, 1
        words = self._words[padded].astype(np.float32)
        tokens: Vectors = self._session.run(None, {"words": words, "mask": mask})[0]
        return [_encoded(tokens[row, : len(one.ids)], one.offsets, len(prefix)) for row, one in enumerate(encodings)]


class SentenceTransformerEncoder:
    """Any sentence-transformers model, from the hub or from a folder; e5 models get their prefixes."""

    def __init__(self, model: str, cache: Path) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(model, device="cpu", cache_folder=str(cache / "hub"))
        except (OSError, ValueError) as error:
            raise ModelError(
                f"Het model {model!r} kan niet worden geladen: {str(error).splitlines()[0]}",
                "een naam op de Hugging Face-hub of een map met een sentence-transformers-model",
                f"Zonder netwerk werkt CHARTERWIJZER_MODEL={PACKAGED}, dat met pip meekomt",
            ) from error
        self.name = model
        is_e5 = "e5" in Path(model).name.lower()
        self._query, self._passage = ("query: ", "passage: ") if is_e5 else ("", "")
        self.dimension = len(self.encode_query("vraag").pooled)

    def encode_query(self, text: str) -> Encoded:
        """Return the vectors of a question."""
        return self._encode(self._query, [text])[0]

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of passages, in order."""
        return self._encode(self._passage, texts)

    def _encode(self, prefix: str, texts: Sequence[str]) -> list[Encoded]:
        whole = [prefix + text for text in texts]
        rows = self._model.encode(whole, output_value=None, show_progress_bar=False)
        encodings = self._model.tokenizer(whole, truncation=True, return_offsets_mapping=True)
        return [
            Encoded(
                _unit(row["sentence_embedding"].numpy()),
                _unit(_real_tokens(row)),
                _offsets(offsets, len(prefix)),
            )
            for row, offsets in zip(rows, encodings["offset_mapping"], strict=True)
        ]


def _real_tokens(row: dict[str, Any]) -> Vectors:
    real: Vectors = row["token_embeddings"].numpy()[row["attention_mask"].numpy().astype(bool)]
    return real


def _encoded(tokens: Vectors, offsets: Sequence[tuple[int, int]], prefix: int) -> Encoded:
    return Encoded(_unit(tokens.mean(axis=0)), _unit(tokens), _offsets(offsets, prefix))


def _offsets(offsets: Sequence[tuple[int, int]], prefix: int) -> NDArray[np.int32]:
    """Offsets into the text without its prefix; the tokens of the prefix itself become (0, 0)."""
    return np.maximum(np.array(offsets, np.int32) - prefix, 0)


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit
