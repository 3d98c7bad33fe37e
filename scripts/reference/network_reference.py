#!/usr/bin/env python3
"""An independent forward pass of the generator and the chord head, in PyTorch.

It shares no code with the engine: it is what Tests/GenerationTests/Network/ReferenceOutputTests.swift compares the
engine with. Nothing that is shipped needs it. To run it, make a throw-away environment:

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch numpy safetensors
    /tmp/reference/bin/python scripts/reference/network_reference.py small Tests/GenerationTests/Fixtures/networks.safetensors
    /tmp/reference/bin/python scripts/reference/network_reference.py model models/pop.safetensors Tests/GenerationTests/Fixtures/pop.safetensors

`small` writes the outputs of small networks whose weights and inputs both sides draw from the same numbers, so that
the file holds outputs alone. `model` writes sampled outputs of a genre model for drawn inputs, with the model's SHA-256.
All is computed in double precision and stored as 32-bit floats.
"""

import hashlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, safe_open, save_file

STEPS, CONDITION, CODE, HEADS = 192, 144, 24, 232
BEATS, MELODY, CHORDS, PLAN_WIDTH = 16, 40, 84, 96
SMALL_WIDTHS = (16, 24, 32, 40)


def draws(name, count):
    """Uniform numbers in 0..<1 from a stream of SplitMix64 that the name seeds (FNV-1a of its bytes)."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def drawn_weight(name, shape):
    """Uniform within 1 / sqrt of the middle axes' product, rounded to 32 bits."""
    inputs = int(np.prod(shape[1:])) if len(shape) > 1 else 16
    values = (2 * draws(name, int(np.prod(shape))) - 1) / np.sqrt(inputs)
    return torch.tensor(values.astype(np.float32)).double().reshape(shape)


def drawn_planes(name, shape, share):
    """Ones on a share of the cells, zeros elsewhere."""
    return torch.tensor((draws(name, int(np.prod(shape))) < share).astype(np.float64)).reshape(shape)


def drawn_code():
    """Twenty-four numbers in -2..<2, rounded to 32 bits."""
    return torch.tensor((4 * draws("code", CODE) - 2).astype(np.float32)).double().reshape(1, CODE)


def block_shapes(name, channels, kernel, coded):
    shapes = {
        f"{name}.conv.weight": (channels, channels, kernel), f"{name}.conv.bias": (channels,),
        f"{name}.mix.weight": (channels, channels, 1), f"{name}.mix.bias": (channels,),
    }
    if coded:
        shapes |= {f"{name}.film.weight": (2 * channels, CODE), f"{name}.film.bias": (2 * channels,)}
    else:
        shapes |= {f"{name}.norm.weight": (channels,), f"{name}.norm.bias": (channels,)}
    return shapes


def conv_shapes(name, into, out, kernel, transposed=False):
    weight = (into, out, kernel) if transposed else (out, into, kernel)
    return {f"{name}.weight": weight, f"{name}.bias": (out,)}


def small_shapes():
    step, sixteenth, beat, bar = SMALL_WIDTHS
    g = "generator."
    shapes = conv_shapes(g + "input", CONDITION, step, 1) | conv_shapes(g + "head", step, HEADS, 1)
    shapes |= conv_shapes(g + "stride1", step, sixteenth, 3) | conv_shapes(g + "stride2", sixteenth, beat, 4)
    shapes |= conv_shapes(g + "stride3", beat, bar, 4)
    shapes |= conv_shapes(g + "rise3", bar, beat, 4, True) | conv_shapes(g + "rise2", beat, sixteenth, 4, True)
    shapes |= conv_shapes(g + "rise1", sixteenth, step, 3, True)
    for name, channels, kernel in [
        ("down0", step, 5), ("down1", sixteenth, 5), ("down2", beat, 3), ("down3", bar, 3), ("up2", beat, 5),
        ("up1", sixteenth, 5), ("up0", step, 5), ("last", step, 5),
    ]:
        shapes |= block_shapes(g + name, channels, kernel, True)
    w = PLAN_WIDTH
    shapes |= conv_shapes("plan.input", MELODY, w, 1) | conv_shapes("plan.stride", w, w, 2)
    shapes |= conv_shapes("plan.head", w, CHORDS, 1)
    for name, kernel in [("beat0", 5), ("beat1", 5), ("half", 3)]:
        shapes |= block_shapes("plan." + name, w, kernel, False)
    return shapes


def conv(weights, name, x, stride=1):
    weight = weights[name + ".weight"]
    padding = (weight.shape[2] - 1) // 2 if stride == 1 else 0
    return F.conv1d(x, weight, weights[name + ".bias"], stride=stride, padding=padding)


def block(weights, name, x, code=None):
    if code is None:
        h = F.group_norm(x, 8, weights[name + ".norm.weight"], weights[name + ".norm.bias"], eps=1e-5)
    else:
        film = F.linear(code, weights[name + ".film.weight"], weights[name + ".film.bias"])
        gain, shift = film.chunk(2, dim=1)
        h = F.group_norm(x, 8, eps=1e-5) * (1 + gain[:, :, None]) + shift[:, :, None]
    h = F.gelu(h, approximate="tanh")
    h = F.gelu(conv(weights, name + ".conv", h), approximate="tanh")
    return x + conv(weights, name + ".mix", h)


def generator(weights, condition, code):
    """[1, 192, 144] and [1, 24] to [1, 192, 232]."""

    def rise(name, x, skip):
        weight = weights[f"generator.{name}.weight"]
        return F.conv_transpose1d(x, weight, weights[f"generator.{name}.bias"], stride=weight.shape[2]) + skip

    g = "generator."
    steps = block(weights, g + "down0", conv(weights, g + "input", condition.transpose(1, 2)), code)
    sixteenths = block(weights, g + "down1", conv(weights, g + "stride1", steps, 3), code)
    beats = block(weights, g + "down2", conv(weights, g + "stride2", sixteenths, 4), code)
    bars = block(weights, g + "down3", conv(weights, g + "stride3", beats, 4), code)
    h = block(weights, g + "up2", rise("rise3", bars, beats), code)
    h = block(weights, g + "up1", rise("rise2", h, sixteenths), code)
    h = block(weights, g + "up0", rise("rise1", h, steps), code)
    return conv(weights, g + "head", block(weights, g + "last", h, code)).transpose(1, 2)


def plan(weights, melody):
    """[1, 16, 40] to [1, 8, 84]."""
    h = conv(weights, "plan.input", melody.transpose(1, 2))
    h = block(weights, "plan.beat1", block(weights, "plan.beat0", h))
    h = block(weights, "plan.half", conv(weights, "plan.stride", h, 2))
    return conv(weights, "plan.head", h).transpose(1, 2)


def outputs(weights):
    condition = drawn_planes("condition", (1, STEPS, CONDITION), 0.1)
    melody = drawn_planes("melody", (1, BEATS, MELODY), 0.25)
    with torch.no_grad():
        return generator(weights, condition, drawn_code())[0].float(), plan(weights, melody)[0].float()


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "small":
        weights = {name: drawn_weight(name, shape) for name, shape in small_shapes().items()}
        score, chords = outputs(weights)
        metadata = {"widths": " ".join(map(str, SMALL_WIDTHS)), "torch": torch.__version__}
        save_file({"generator": score.contiguous(), "plan": chords.contiguous()}, arguments[1], metadata=metadata)
    elif len(arguments) == 3 and arguments[0] == "model":
        weights = {name: value.double() for name, value in load_file(arguments[1]).items() if value.is_floating_point()}
        with safe_open(arguments[1], "pt") as file:
            genre = file.metadata()["genre"]
        score, chords = (x.flatten() for x in outputs(weights))
        places = torch.tensor((draws("places", 150) * score.numel()).astype(np.int64))
        windows = torch.tensor((draws("chord places", 50) * chords.numel()).astype(np.int64))
        digest = hashlib.sha256(open(arguments[1], "rb").read()).hexdigest()
        scales = torch.stack([score.abs().max(), chords.abs().max()])
        save_file(
            {
                "generator": score[places].contiguous(), "generator.places": places,
                "plan": chords[windows].contiguous(), "plan.places": windows, "scales": scales,
            },
            arguments[2], metadata={"model": digest, "genre": genre, "torch": torch.__version__},
        )
    else:
        sys.exit("usage: network_reference.py small OUTPUT | model MODEL OUTPUT")


if __name__ == "__main__":
    main(sys.argv[1:])
