"""Eight bits for a BERT model's linear layers, without losing what a few of their inputs carry.

In 8 bits one scale holds for all inputs of a layer, and in this model a few are twenty times as large as the rest, so
that the others are left nothing. Two things are done about that, and with 32 bits the result is the same as before:

- ``smooth`` divides a large input and multiplies its weights by the same (Xiao et al., SmoothQuant, 2023);
- in the feed-forward layers, where most of the error arises, the very largest inputs go through a small layer of their
  own that keeps 32 bits (Dettmers et al., LLM.int8(), 2022).

Which inputs these are shows on any text at all.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

LINEAR = ["MatMul", "Gemm"]
APART = {"intermediate.dense": 8, "output.dense": 48}  # inputs that keep 32 bits: of 384 and of 1536
Quantise = Callable[[Path, Path], object]  # makes of a graph in 32 bits the one that is kept
# Any text will do: it is measured which inputs are large, not what it says.
SAMPLE = (
    "Hoeveel woningen worden er in de wijk gebouwd, en wie betaalt dat?",
    "De gemeente bouwt tussen 2008 en 2012 veertig huurwoningen; het rijk betaalt daaraan € 1.250.000 mee.",
    "Bewoners, corporaties en scholen werken samen aan een buurt waar jongeren (15-23 jaar) willen blijven wonen.",
    "Wat doet de minister voor mensen met schulden?",
    "Het kabinet onderzoekt of de regels eenvoudiger kunnen, en laat dat vóór 1 juli aan de stad weten.",
    "Artikel 4. Partijen evalueren de afspraken jaarlijks: 80% van de kinderen spreekt voldoende Nederlands.",
    "- meer politie op straat, 's avonds en in het weekend",
    "- een centrum voor jeugd en gezin, bij het station; wachttijd ten hoogste 5 dagen",
    "Namens het college: mevrouw A. de Vries, wethouder wonen en zorg.",
)


class Smoothed(nn.Module):
    """A linear layer whose inputs are divided by ``scale`` (inputs,), but for ``apart``, the numbers of some of them.

    What is divided is made good in the weights; what is apart has weights of its own.
    """

    inverse: Tensor
    apart: Tensor

    def __init__(self, linear: nn.Linear, scale: Tensor, apart: Tensor) -> None:
        super().__init__()
        self.own = nn.Linear(len(apart), linear.out_features, bias=False) if len(apart) else None
        with torch.no_grad():
            if self.own:
                self.own.weight.copy_(linear.weight[:, apart])
            linear.weight.mul_(scale)
            linear.weight[:, apart] = 0
        self.linear = linear
        self.register_buffer("inverse", (1 / scale).index_fill(0, apart, 0))
        self.register_buffer("apart", apart)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return what the layer itself makes of ``inputs`` (…, inputs)."""
        outputs: Tensor = self.linear(inputs * self.inverse)
        return outputs + self.own(inputs[..., self.apart]) if self.own else outputs


def smooth(bert: nn.Module, tokenizer: Path) -> None:
    """Smooth every linear layer of the encoder: an input that gets larger than the median one, and keep some apart."""
    for name, largest in _largest_inputs(bert, tokenizer).items():
        parent, _, leaf = name.rpartition(".")
        kept = next((count for end, count in APART.items() if name.endswith(end) and "attention" not in name), 0)
        order = torch.argsort(largest, descending=True)
        scale = torch.sqrt(largest / largest[order[kept:]].median()).clamp(min=1.0)
        linear: nn.Linear = bert.get_submodule(name)  # type: ignore[assignment]
        setattr(bert.get_submodule(parent), leaf, Smoothed(linear, scale, order[:kept]))


def _largest_inputs(bert: nn.Module, tokenizer: Path) -> dict[str, Tensor]:
    """Return for every linear layer the largest absolute value of each of its inputs, over ``SAMPLE``.

    It is read as a reader does, question and text together: each sentence before all of them, in another order.
    """
    from tokenizers import Tokenizer

    found: dict[str, Tensor] = {}

    def note(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def hook(_module: nn.Module, given: tuple[Tensor, ...]) -> None:
            largest = given[0].detach().abs().flatten(0, -2).amax(dim=0)
            found[name] = torch.maximum(found.get(name, largest), largest)

        return hook

    layers = {name: one for name, one in bert.named_modules() if isinstance(one, nn.Linear) and "encoder" in name}
    hooks = [one.register_forward_pre_hook(note(name)) for name, one in layers.items()]
    tokens = Tokenizer.from_file(str(tokenizer))
    with torch.no_grad():
        for at, sentence in enumerate(SAMPLE):
            text = "\n".join(SAMPLE[at:] + SAMPLE[:at])
            bert(input_ids=torch.tensor([tokens.encode(sentence, text).ids]))
    for hook in hooks:
        hook.remove()
    return found


def eight_bits(plain: Path, target: Path) -> None:
    """Write a graph with the weights of its linear layers in 8 bits, a scale for every output."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    options: dict[str, Any] = {
        "per_channel": True,
        "op_types_to_quantize": LINEAR,
        "nodes_to_exclude": layers_apart(plain),
    }
    quantize_dynamic(str(plain), str(target), weight_type=QuantType.QInt8, **options)


def layers_apart(plain: Path) -> list[str]:
    """Return the names of a graph's small layers that keep 32 bits."""
    import onnx

    graph = onnx.load(str(plain)).graph
    few = {weight.name for weight in graph.initializer if weight.dims and weight.dims[0] in APART.values()}
    return [node.name for node in graph.node if node.op_type in LINEAR and few.intersection(node.input)]
