"""Other systems with the same gold and embedding model, and the legs of our own search by themselves.

None of them writes an answer; each answers as one does who only searches (``eval.rivals``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from eval.legs import DENSE, FUSED, LATE, LEXICAL, ranked_rows
from eval.rivals import DEPTH, Found, Rival, answer_by_search, own_passages
from index.search import Searcher
from ingest.errors import UsageError
from ingest.model import Span

CHUNK_WORDS, OVERLAP_WORDS = 160, 20  # as long as our own passages, so that a chunk may count as one
LEGS = ((LEXICAL, "BM25 alone"), (DENSE, "vectors alone"), (FUSED, "both, fused"), (LATE, "both, then MaxSim"))


@dataclass(frozen=True)
class Chunk:
    """A plain part of a charter, cut without regard for its sections."""

    charter: str
    span: Span
    text: str
    vector: NDArray[np.float32]


def check_installed() -> None:
    """Raise UsageError when the extra ``peers`` is not installed."""
    missing = [name for name in ("llama_index", "txtai") if not find_spec(name)]
    if missing:
        raise UsageError(f"Niet geïnstalleerd: {', '.join(missing)}", remedy="pip install 'charterwijzer[peers]'")


def peers_of(searcher: Searcher) -> Iterator[Rival]:
    """Yield the legs of our own search, over all charters, then the other systems."""
    for leg, label in LEGS:
        yield Rival(label, f"{leg} alleen", partial(answer_by_search, _leg(searcher, leg)))
    chunks = chunks_of(searcher)
    yield Rival("LlamaIndex", "LlamaIndex", partial(answer_by_search, llama_index(searcher, chunks)))
    yield Rival("txtai, hybrid", "txtai hybride", partial(answer_by_search, txtai(searcher, chunks)))


def _leg(searcher: Searcher, name: str) -> Callable[[str], Found]:
    def find(text: str) -> Found:
        rows = ranked_rows(searcher, searcher.query(text), searcher.mask())[name]
        return own_passages(searcher, rows[:DEPTH].tolist())

    return find


# Other systems, on plain parts


def chunks_of(searcher: Searcher) -> list[Chunk]:
    """Cut every charter with LlamaIndex's SentenceSplitter and embed the parts with our own model."""
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter

    splitter = SentenceSplitter(chunk_size=CHUNK_WORDS, chunk_overlap=OVERLAP_WORDS, tokenizer=str.split)
    parts = []
    for charter in searcher.index.charters:
        document = searcher.index.documents[charter.span.document]
        for node in splitter.get_nodes_from_documents([Document(text=document.quote(charter.span))]):
            start = charter.span.start + int(getattr(node, "start_char_idx", 0))
            span = document.span(start, start + len(node.get_content()))
            parts.append((charter.name, span, document.quote(span)))
    encoded = [one for at in range(0, len(parts), 32) for one in _encode(searcher, [p[2] for p in parts[at : at + 32]])]
    return [Chunk(*part, vector) for part, vector in zip(parts, encoded, strict=True)]


def _encode(searcher: Searcher, texts: list[str]) -> list[NDArray[np.float32]]:
    return [encoded.pooled for encoded in searcher.encoder.encode_passages(texts)]


def llama_index(searcher: Searcher, chunks: Sequence[Chunk]) -> Callable[[str], Found]:
    """Return LlamaIndex's VectorStoreIndex over the chunks."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import MockEmbedding
    from llama_index.core.schema import QueryBundle, TextNode

    nodes = [TextNode(id_=str(n), text=c.text, embedding=c.vector.tolist()) for n, c in enumerate(chunks)]
    unused = MockEmbedding(embed_dim=searcher.encoder.dimension)  # or LlamaIndex asks for OpenAI's
    retriever = VectorStoreIndex(nodes, embed_model=unused).as_retriever(similarity_top_k=DEPTH)

    def find(text: str) -> Found:
        vector = searcher.encoder.encode_query(text).pooled.tolist()
        found = retriever.retrieve(QueryBundle(text, embedding=vector))
        return _chunks(chunks, [int(hit.node.node_id) for hit in found])

    return find


def txtai(searcher: Searcher, chunks: Sequence[Chunk]) -> Callable[[str], Found]:
    """Return txtai's hybrid of BM25 and vectors over the chunks."""
    from txtai import Embeddings

    known = {chunk.text: chunk.vector for chunk in chunks}

    def transform(texts: Sequence[str]) -> NDArray[np.float32]:
        asked = {text: searcher.encoder.encode_query(text).pooled for text in texts if text not in known}
        return np.stack([(known | asked)[text] for text in texts])

    embeddings = Embeddings(method="external", transform=transform, hybrid=True, content=False)
    embeddings.index([(n, chunk.text) for n, chunk in enumerate(chunks)])
    return lambda text: _chunks(chunks, [int(n) for n, _ in embeddings.search(text, DEPTH)])


def _chunks(chunks: Sequence[Chunk], rows: Sequence[int]) -> Found:
    return [(chunks[row].charter, chunks[row].span, chunks[row].text) for row in rows]
