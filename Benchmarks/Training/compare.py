#!/usr/bin/env python3
"""Training steps of Continuo beside the same steps in PyTorch: the same network, losses, batch and machine, in one run.

    compare.py PROGRAM [ROUNDS]        PROGRAM is the built training-benchmark

First one step of both from the same weights on the same batch is compared. Then rounds of steps alternate between
the two, on one thread and on two. Python needs torch, numpy and safetensors; nothing that is shipped does.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

CODE, PARTS, PITCHES = 24, 4, 48


def conv(w, name, x, stride=1):
    weight = w[name + ".weight"]
    padding = (weight.shape[2] - 1) // 2 if stride == 1 else 0
    return F.conv1d(x, weight, w[name + ".bias"], stride=stride, padding=padding)


def block(w, name, x, code=None):
    if code is None:
        h = F.group_norm(x, 8, w[name + ".norm.weight"], w[name + ".norm.bias"], eps=1e-5)
    else:
        gain, shift = F.linear(code, w[name + ".film.weight"], w[name + ".film.bias"]).chunk(2, dim=1)
        h = torch.addcmul(shift[:, :, None], F.group_norm(x, 8, eps=1e-5), 1 + gain[:, :, None])
    h = F.gelu(h, approximate="tanh")
    h = F.gelu(conv(w, name + ".conv", h), approximate="tanh")
    return x + conv(w, name + ".mix", h)


def generator(w, condition, code):
    """[batch, 144, 192] and [batch, 24] to [batch, 232, 192]."""

    def rise(name, x, skip):
        weight = w[f"generator.{name}.weight"]
        return F.conv_transpose1d(x, weight, w[f"generator.{name}.bias"], stride=weight.shape[2]) + skip

    g = "generator."
    steps = block(w, g + "down0", conv(w, g + "input", condition), code)
    sixteenths = block(w, g + "down1", conv(w, g + "stride1", steps, 3), code)
    beats = block(w, g + "down2", conv(w, g + "stride2", sixteenths, 4), code)
    bars = block(w, g + "down3", conv(w, g + "stride3", beats, 4), code)
    h = block(w, g + "up2", rise("rise3", bars, beats), code)
    h = block(w, g + "up1", rise("rise2", h, sixteenths), code)
    h = block(w, g + "up0", rise("rise1", h, steps), code)
    return conv(w, g + "head", block(w, g + "last", h, code))


def encoder(w, score):
    h = block(w, "style.sixteenth", conv(w, "style.stride1", score, 3))
    h = block(w, "style.beat", conv(w, "style.stride2", h, 4))
    summary = torch.cat([h.mean(2), h.amax(2)], 1)
    return F.linear(summary, w["style.code.weight"], w["style.code.bias"]).chunk(2, dim=1)


class Critic:
    layers = [("step", 1), ("sixteenth", 3), ("beat", 4), ("context", 1)]

    def __init__(self, w):
        self.w = w

    def weight(self, name):
        weight, u, v = (self.w[f"critic.{name}.weight{end}"] for end in ("", "_u", "_v"))
        matrix = weight.flatten(1)
        with torch.no_grad():
            v.copy_(F.normalize(torch.mv(matrix.t(), u), dim=0))
            u.copy_(F.normalize(torch.mv(matrix, v), dim=0))
        return weight / torch.dot(u.clone(), torch.mv(matrix, v.clone()))

    def __call__(self, condition, score):
        def apply(name, x, stride):
            weight = self.weight(name)
            padding = (weight.shape[2] - 1) // 2 if stride == 1 else 0
            return F.conv1d(x, weight, self.w[f"critic.{name}.bias"], stride=stride, padding=padding)

        h = torch.cat([condition, score], 1)
        for name, stride in self.layers:
            h = F.leaky_relu(apply(name, h, stride), 0.2)
        beats = apply("beatVerdict", h, 1)
        return beats[:, 0], apply("barVerdict", F.leaky_relu(apply("bar", h, 4), 0.2), 1)[:, 0]


def mean(values, mask):
    return (values * mask).sum() / mask.sum().clamp(min=1e-12)


def heads(logits, part):
    first = 24 + part * (4 + PITCHES)
    return logits[:, first : first + 3], logits[:, first + 3], logits[:, first + 4 : first + 4 + PITCHES]


def bce(logits, targets):
    return F.binary_cross_entropy_with_logits(logits, targets, reduction="none")


class Trainer:
    """One step of each stage, with the default settings."""

    def __init__(self, file):
        names = [n for n in file if n.startswith(("generator.", "style."))]
        judging = [n for n in file if n.startswith("critic.")]
        self.weights = {n: file[n].clone().requires_grad_() for n in names}
        self.critic_weights = {
            n: file[n].clone().requires_grad_(not n.endswith(("_u", "_v"))) for n in judging
        }
        self.critic = Critic(self.critic_weights)
        batch = {n[6:]: file[n] for n in file if n.startswith("batch.")}
        channels_first = lambda x: x.transpose(1, 2).contiguous()
        self.condition, self.style = (channels_first(batch[n]) for n in ("condition", "style"))
        self.drums, self.loudness = (channels_first(batch[n]) for n in ("drums", "drumVelocities"))
        self.mask = batch["mask"][:, :, 0]
        self.gates = batch["gates"].long()
        count = self.mask.shape[0]
        self.pitches = batch["pitches"].reshape(count, 192, PARTS, PITCHES).permute(0, 2, 3, 1).contiguous()
        self.velocities = channels_first(batch["velocities"])
        self.onsets = [
            self.mask * (self.gates[:, :, p] == 1) * (self.pitches[:, p].amax(1) > 0) for p in range(PARTS)
        ]
        self.lowest = [self.pitches[:, p].argmax(1) for p in range(PARTS)]
        self.beats = (self.mask.reshape(count, 16, 12).amax(2) > 0).float()
        self.bars = (self.mask.reshape(count, 4, 48).amax(2) > 0).float()
        mine = list(self.weights.values())
        self.optimizer = torch.optim.AdamW(mine, lr=2e-3, betas=(0.9, 0.99), foreach=True)
        self.adversarial = torch.optim.AdamW(mine, lr=2e-4, betas=(0.5, 0.99), foreach=True)
        self.judges = [w for w in self.critic_weights.values() if w.requires_grad]
        self.critic_optimizer = torch.optim.AdamW(
            self.judges, lr=6e-4, betas=(0.5, 0.99), weight_decay=0, foreach=True)

    def losses(self, noise=None):
        mean_code, log_variance = encoder(self.weights, self.style)
        noise = torch.randn_like(mean_code) if noise is None else noise
        code = mean_code + (0.5 * log_variance).exp() * noise
        logits = generator(self.weights, self.condition, code)
        drums = mean(bce(logits[:, :12], self.drums).sum(1), self.mask)
        velocities = mean((bce(logits[:, 12:24], self.loudness) * self.drums).sum(1), self.mask)
        gates, pitches = 0, 0
        for p in range(PARTS):
            gate, velocity, pitch = heads(logits, p)
            gates = gates + mean(F.cross_entropy(gate, self.gates[:, :, p], reduction="none"), self.mask)
            if p in (0, 3):
                terms = F.cross_entropy(pitch, self.lowest[p], reduction="none")
            else:
                terms = bce(pitch, self.pitches[:, p]).sum(1)
            pitches = pitches + mean(terms, self.onsets[p])
            velocities = velocities + mean(bce(velocity, self.velocities[:, p]), self.onsets[p])
        divergence = 0.5 * (mean_code**2 + log_variance.exp() - log_variance - 1)
        divergence = divergence.mean(0).clamp(min=0.05).sum()
        total = drums + gates + 0.15 * pitches + 0.5 * velocities + 0.02 * divergence
        return total, drums, gates, pitches, velocities, divergence

    def update(self, weights, optimizer):
        norm = torch.nn.utils.clip_grad_norm_(weights, 2.0, foreach=True)
        optimizer.step()
        optimizer.zero_grad()
        return norm

    def reconstruction(self, noise=None):
        losses = self.losses(noise)
        losses[0].backward()
        norm = self.update(list(self.weights.values()), self.optimizer)
        return [x.item() for x in losses] + [norm.item()]

    def sample(self, logits):
        def bernoulli(x):
            p = torch.sigmoid(x)
            return (torch.rand_like(p) < p).float() - p.detach() + p

        def one_of(x):
            return F.gumbel_softmax(x, hard=True, dim=1)

        planes = [bernoulli(logits[:, :12])]
        for p in range(PARTS):
            gate, velocity, pitch = heads(logits, p)
            gate = one_of(gate)
            onset = gate[:, 1:2]
            pitch = one_of(pitch) if p in (0, 3) else bernoulli(pitch)
            planes += [onset, gate[:, 2:3], torch.sigmoid(velocity)[:, None] * onset, pitch * onset]
        return torch.cat(planes, 1) * self.mask[:, None]

    def made(self):
        with torch.no_grad():
            codes = torch.randn(self.mask.shape[0], CODE)
            others = encoder(self.weights, self.style)[0].roll(1, 0)
            codes[1::2] = others[1::2] + 0.2 * codes[1::2]
        return self.sample(generator(self.weights, self.condition, codes))

    def adversarial_step(self):
        for _ in range(2):
            with torch.no_grad():
                fake = self.made()
            verdicts = [self.critic(self.condition, s) for s in (self.style, fake, self.style.roll(1, 0))]
            loss = 0
            for other, weight in ((1, 1.0), (2, 0.25)):
                for level, mask in ((0, self.beats), (1, self.bars)):
                    real = mean(F.relu(1 - verdicts[0][level]), mask)
                    loss = loss + weight * (real + mean(F.relu(1 + verdicts[other][level]), mask))
            loss.backward()
            self.update(self.judges, self.critic_optimizer)
        for weight in self.judges:
            weight.requires_grad_(False)
        loss = self.losses()[0]
        beats, bars = self.critic(self.condition, self.made())
        loss = loss - 0.6 * (mean(beats, self.beats) + mean(bars, self.bars))
        loss.backward()
        for weight in self.judges:
            weight.requires_grad_(True)
        return self.update(list(self.weights.values()), self.adversarial)

    def take(self, stage, count):
        step = self.reconstruction if stage == "reconstruction" else self.adversarial_step
        began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        for _ in range(count):
            step()
        return (
            (time.perf_counter() - began) / count,
            (resource.getrusage(resource.RUSAGE_SELF).ru_utime - used) / count,
        )


class Continuo:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.set = self.process.stdout.readline().split()[1]

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()

    def example(self):
        path = os.path.join(tempfile.mkdtemp(), "example.safetensors")
        losses = [float(x) for x in self.ask("example " + path)]
        return load_file(path), losses

    def take(self, stage, count):
        return tuple(float(x) for x in self.ask(f"take {stage} {count}"))


def main(program, rounds):
    ours = Continuo(program)
    file, expected = ours.example()
    noise = file.pop("example.noise")
    theirs = Trainer(file)
    found = theirs.reconstruction(noise)
    print(f"{sum(w.numel() for w in theirs.weights.values()):,} weights of generator and style encoder, "
          f"{sum(w.numel() for w in theirs.judges):,} of the critic")
    for name, a, b in zip("total drums gates pitches velocities divergence gradient".split(), expected, found):
        print(f"  {name:<12} continuo {a:.6f}   PyTorch {b:.6f}")
        if abs(a - b) > 1e-3 * max(1, abs(b)):
            sys.exit(f"the two do not compute the same {name}")
    batch = theirs.mask.shape[0]
    print(f"Continuo on {ours.set}, PyTorch {torch.__version__}; batch {batch}; medians of {rounds} rounds")
    print(f"{'':<26}{'Continuo':>28}{'PyTorch':>28}    ratio, times by")
    print(f"{'':<26}{'ms':>9}{'CPU ms':>9}{'a s':>10}{'ms':>9}{'CPU ms':>9}{'a s':>10}   clock    CPU")
    walls = {}
    stages = ("reconstruction", "adversarial")
    for threads in (1, 2):
        for stage in stages:
            torch.set_num_threads(threads)
            ours.ask(f"threads {threads}")
            sides = (ours, theirs)
            times = [[], []]
            for turn in range(rounds + 1):
                for side in (0, 1) if turn % 2 else (1, 0):
                    taken = sides[side].take(stage, 2)
                    if turn:
                        times[side].append(taken)
            median = [[statistics.median(t[i] for t in side) for i in (0, 1)] for side in times]
            best = [[min(t[i] for t in side) for i in (0, 1)] for side in times]
            walls[stage, threads] = (median[0][0], best[0][0])
            ratio = [statistics.median(b[i] / a[i] for a, b in zip(*times)) for i in (0, 1)]
            cells = "".join(f"{1000 * w:9.1f}{1000 * c:9.1f}{batch / w:10.1f}" for w, c in median)
            print(f"{stage:<16}{threads} threads {cells}   {ratio[0]:5.2f}  {ratio[1]:5.2f}", flush=True)
    for stage in stages:
        one, two = walls[stage, 1], walls[stage, 2]
        print(f"{stage}: two threads are worth {one[0] / two[0]:.2f} (medians), {one[1] / two[1]:.2f} (best rounds) of one")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7)
