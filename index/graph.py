"""A BERT model as an ONNX graph, for quick starts and quick embedding without torch.

The graph takes word vectors, not ids: the large word table stays outside it in a memory-mapped file, so that opening
the model is quick and takes little memory. The reader's weights are kept in 8 bits, because a list reads for half of
its time; the encoder's stay in 32, because which chunk is read hangs on it. ``eval.exported`` measures both choices.
"""

import logging
import shlex
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError

if TYPE_CHECKING:
    from index.quantise import Quantise

GRAPH, WORDS = "encoder.onnx", "words.npy"
READER, HEAD = "reader.onnx", "reader.npz"  # the head is a linear layer: weight (2 x hidden,) and bias


def export_graph(folder: Path, target: Path, quantise: "Quantise | None" = None) -> None:
    """Write the BERT model in ``folder`` as a graph from word vectors to token vectors, in 32 bits or as told.

    To quantise, the folder must hold ``tokenizer.json`` too: which inputs to smooth is seen by reading a little text.
    """
    with _quiet():
        _export(folder, target, quantise)


def export_words(table: NDArray[np.float32], folder: Path) -> None:
    """Write ``words.npy`` (vocabulary x hidden, float16) into a folder."""
    np.save(folder / WORDS, table.astype(np.float16))


class Graph(Protocol):
    """An opened graph."""

    def run(self, outputs: None, inputs: dict[str, NDArray[np.generic]]) -> list[NDArray[np.float32]]:
        """Return the token vectors (batch, length, hidden) of ``words`` (the same shape) under ``mask``."""


def open_graph(path: Path, threads: int = 0) -> Graph:
    """Open a graph for running, on so many threads at once (0: one for each core)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait give way: spinning ones take the cores from every other process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The fused addition and normalisation is slower on a processor than the two apart: a fifth of all time.
    graph: Graph = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )
    return graph


@contextmanager
def readable_model(folder: Path) -> Iterator[None]:
    """Map every failure to read an unpacked model to one error that says what to do."""
    try:
        yield
    except Exception as error:  # three libraries, each with errors of its own that share no base
        raise ModelError(
            f"Het uitgepakte taalmodel in {folder} is niet te lezen: {str(error).splitlines()[0]}",
            "de bestanden zoals ze zijn uitgepakt",
            f"Verwijder die map, dan wordt het opnieuw uitgepakt: rm -r {shlex.quote(str(folder))}",
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own progress bars, advice and warnings about their internals from the user."""
    from transformers.utils import logging as transformers_logging

    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
        if bars:
            transformers_logging.enable_progress_bar()


def _export(folder: Path, target: Path, quantise: "Quantise | None") -> None:
    import torch
    from transformers.models.bert.modeling_bert import BertModel

    # Attention written out, because the fused kind does not export with a free batch size.
    bert = BertModel.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()
    if quantise:
        from index.quantise import smooth

        smooth(bert, folder / "tokenizer.json")

    class TokenVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            vectors: torch.Tensor = self.bert(inputs_embeds=words, attention_mask=mask).last_hidden_state
            return vectors

    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    words = torch.randn(2, 16, bert.config.hidden_size)
    plain = target.with_suffix(".32.onnx") if quantise else target
    torch.onnx.export(
        TokenVectors(),
        (words, torch.ones(2, 16, dtype=torch.int64)),
        str(plain),
        input_names=["words", "mask"],
        output_names=["tokens"],
        dynamic_shapes={"words": {0: batch, 1: length}, "mask": {0: batch, 1: length}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    if quantise:
        quantise(plain, target)
        plain.unlink()
