"""Other ways to find passages, with the same gold and embedding model: what each leg of the design is worth.

None of them writes an answer. Each answers as one does who only searches: the first passage, cited whole, and
for a list the charters among the first twenty passages.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.gold import GoldQuestion
from eval.run import Ask
from index.search import Scores, Searcher, fuse
from ingest.errors import UsageError
from ingest.model import Span

DEPTH, LIST_DEPTH = 50, 20
CHUNK_WORDS, OVERLAP_WORDS = 160, 20  # as long as our own passages, so that a chunk may count as one
Found = list[tuple[str, Span, str]]


@dataclass(frozen=True)
class Chunk:
    """A plain part of a charter, cut without regard for its sections."""

    charter: str
    span: Span
    text: str
    vector: NDArray[np.float32]


def peers_of(searcher: Searcher) -> Iterator[tuple[str, Ask]]:
    """Yield the legs of our own search, then the other systems, each as a name and a way to ask.

    Raises UsageError when the extra ``peers`` is not installed.
    """
    missing = [name for name in ("llama_index", "txtai") if not find_spec(name)]
    if missing:
        raise UsageError(f"Niet geïnstalleerd: {', '.join(missing)}", remedy="pip install 'charterwijzer[peers]'")
    yield "BM25 alleen", partial(answer, _leg(searcher, [searcher.lexical_scores]))
    yield "vectoren alleen", partial(answer, _leg(searcher, [searcher.dense_scores]))
    yield "samengevoegd", partial(answer, _leg(searcher, [searcher.dense_scores, searcher.lexical_scores]))
    yield "samengevoegd en herordend", partial(answer, _reordered(searcher))
    chunks = chunks_of(searcher)
    yield "LlamaIndex", partial(answer, llama_index(searcher, chunks))
    yield "txtai hybride", partial(answer, txtai(searcher, chunks))


def answer(find: Callable[[str], Found], question: GoldQuestion) -> dict[str, Any]:
    """Return what one gets who only searches, as an answer object."""
    passages = [
        {
            "passage_id": str(rank),
            "charter": charter,
            "document": span.document,
            "start_line": span.start_line,
            "end_line": span.end_line,
            "start_char": span.start,
            "end_char": span.end,
            "text": text,
        }
        for rank, (charter, span, text) in enumerate(find(question.question), start=1)
    ]
    listed = dict.fromkeys(passage["charter"] for passage in passages[:LIST_DEPTH])
    return {
        "id": question.id,
        "answer": passages[0]["text"] if passages else "",
        "refused": not passages,
        "items": [{"charter": charter, "verdict": "yes", "value": None} for charter in listed],
        "citations": [{**passage, "n": 1, "quote": passage["text"]} for passage in passages[:1]],
        "retrieved": [{name: value for name, value in passage.items() if name != "text"} for passage in passages],
    }


# Our own legs, over all charters: no filter, no header left out


def _leg(searcher: Searcher, legs: Sequence[Callable[..., Scores]]) -> Callable[[str], Found]:
    def find(text: str) -> Found:
        query, everything = searcher.query(text), searcher.mask()
        rows = fuse([leg(query, everything) for leg in legs], [1.0] * len(legs))[:DEPTH]
        return [_own(searcher, int(row)) for row in rows]

    return find


def _reordered(searcher: Searcher) -> Callable[[str], Found]:
    def find(text: str) -> Found:
        hits = searcher.search(searcher.query(text), searcher.mask(), DEPTH)
        return [_own(searcher, hit.row) for hit in hits]

    return find


def _own(searcher: Searcher, row: int) -> tuple[str, Span, str]:
    passage = searcher.index.passages[row]
    return passage.charter, passage.span, searcher.index.documents[passage.span.document].quote(passage.span)


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
