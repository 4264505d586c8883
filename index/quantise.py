"""Eight bits for a BERT model's linear layers, without losing what a few of their inputs carry.

In 8 bits one scale holds for all inputs of a layer, and in this model one or two are twenty times as large as the
rest, which leaves the others nothing. ``smooth`` divides such an input and multiplies its weights by the same (Xiao et
al., SmoothQuant, 2023): the result is the same, but both now fit. Which inputs these are shows on any text at all.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

LINEAR = ["MatMul", "Gemm"]
Quantise = Callable[[Path, Path], object]  # makes of a graph in 32 bits the one that is kept
# Any text will do: it is measured which inputs are large, not what it says.
SAMPLE = (
    "De gemeente bouwt in 2009 veertig huizen in de wijk en het rijk betaalt daaraan mee.",
    "Bewoners, corporaties en scholen werken samen: € 1.250.000 voor jongeren (15-23 jaar).",
)


class Smoothed(nn.Module):
    """A linear layer whose inputs are divided by ``scale`` (inputs,) and whose weights are multiplied by it."""

    inverse: Tensor

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        with torch.no_grad():
            linear.weight.mul_(scale)
        self.linear = linear
        self.register_buffer("inverse", 1 / scale)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return what the layer itself makes of ``inputs`` (…, inputs)."""
        outputs: Tensor = self.linear(inputs * self.inverse)
        return outputs


def smooth(bert: nn.Module, tokenizer: Path) -> None:
    """Smooth every linear layer of the encoder, where one input of a text is larger than the median one."""
    for name, largest in _largest_inputs(bert, tokenizer).items():
        parent, _, leaf = name.rpartition(".")
        scale = torch.sqrt(largest / largest.median()).clamp(min=1.0)
        setattr(bert.get_submodule(parent), leaf, Smoothed(bert.get_submodule(name), scale))  # type: ignore[arg-type]


def _largest_inputs(bert: nn.Module, tokenizer: Path) -> dict[str, Tensor]:
    """Return for every linear layer the largest absolute value of each of its inputs, over ``SAMPLE`` in pairs."""
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
        for first in SAMPLE:
            for second in SAMPLE:
                bert(input_ids=torch.tensor([tokens.encode(first, second).ids]))
    for hook in hooks:
        hook.remove()
    return found


def eight_bits(plain: Path, target: Path) -> None:
    """Write a graph with the weights of its linear layers in 8 bits, a scale for every output."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    options: dict[str, Any] = {"per_channel": True, "op_types_to_quantize": LINEAR}
    quantize_dynamic(str(plain), str(target), weight_type=QuantType.QInt8, **options)
