"""One FAP training iteration the way the published code does it, in PyTorch, on random ViT-B/32 weights.

The yardstick of the speed benchmark, written from docs/methods.md and docs/performance.md: every
forward runs both towers (the text tower over all classes at 77 positions), the attack's clean branch
runs with gradient in both steps, and the backward of every attack step also reaches the prompts. That
is six image and six text forwards and as many backwards for one update, in float32.

    python bench/published_iteration.py --classes 37 --batch 4 --iterations 3

Needs PyTorch; nothing else of this project does.
"""
import argparse
import json
import resource
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

IMAGE, PATCH, WIDTH, HEADS = 224, 32, 768, 12
TEXT_WIDTH, TEXT_HEADS, POSITIONS, VOCABULARY, JOINT, BLOCKS = 512, 8, 77, 49408, 512, 12
CONTEXT, DEPTH = 2, 9
EPSILON = STEP = 1 / 255
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)


class Block(nn.Module):
    def __init__(self, width, heads, mask=None):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.mask = mask

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False, attn_mask=self.mask)[0]
        h = self.inner(self.norm2(x))
        return x + self.outer(h * torch.sigmoid(1.702 * h))


class Clip(nn.Module):
    def __init__(self):
        super().__init__()
        patches = (IMAGE // PATCH) ** 2
        self.patch = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.cls = nn.Parameter(torch.randn(WIDTH) * WIDTH ** -0.5)
        self.image_positions = nn.Parameter(torch.randn(patches + 1, WIDTH) * WIDTH ** -0.5)
        self.before, self.after = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.image_blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(BLOCKS))
        self.image_projection = nn.Parameter(torch.randn(WIDTH, JOINT) * WIDTH ** -0.5)
        self.words = nn.Embedding(VOCABULARY, TEXT_WIDTH)
        self.text_positions = nn.Parameter(torch.randn(POSITIONS, TEXT_WIDTH) * 0.01)
        mask = torch.full((POSITIONS, POSITIONS), float("-inf")).triu(1)
        self.text_blocks = nn.ModuleList(Block(TEXT_WIDTH, TEXT_HEADS, mask) for _ in range(BLOCKS))
        self.final = nn.LayerNorm(TEXT_WIDTH)
        self.text_projection = nn.Parameter(torch.randn(TEXT_WIDTH, JOINT) * TEXT_WIDTH ** -0.5)

    def image(self, pixels, prompts):
        x = self.patch((pixels - MEAN) / STD).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), 1, -1), x], 1) + self.image_positions
        x = self.before(torch.cat([x, prompts[0].expand(len(x), -1, -1)], 1))
        for i, block in enumerate(self.image_blocks):
            if 0 < i < DEPTH:
                x = torch.cat([x[:, :-CONTEXT], prompts[i].expand(len(x), -1, -1)], 1)
            x = block(x)
        return self.after(x[:, 0]) @ self.image_projection

    def text(self, tokens, prompts):
        x = self.words(tokens)
        put = lambda p: torch.cat([x[:, :1], p.expand(len(x), -1, -1), x[:, 1 + CONTEXT:]], 1)
        x = put(prompts[0]) + self.text_positions
        for i, block in enumerate(self.text_blocks):
            if 0 < i < DEPTH:
                x = put(prompts[i])
            x = block(x)
        ends = tokens.argmax(-1)
        return self.final(x)[torch.arange(len(x)), ends] @ self.text_projection


class Prompts(nn.Module):
    """Words to the first image prompt, every deeper image prompt to the text prompt of its block."""

    def __init__(self):
        super().__init__()
        self.context = nn.Parameter(torch.randn(CONTEXT, TEXT_WIDTH) * 0.02)
        self.first = nn.Linear(TEXT_WIDTH, WIDTH)
        self.deep = nn.ParameterList(torch.randn(CONTEXT, WIDTH) * 0.02 for _ in range(DEPTH - 1))
        self.to_text = nn.ModuleList(nn.Linear(WIDTH, TEXT_WIDTH) for _ in range(DEPTH - 1))

    def forward(self):
        image = [self.first(self.context), *self.deep]
        return image, [self.context, *(f(v) for f, v in zip(self.to_text, self.deep))]


def texts(classes):
    """Start, 7 tokens shared by all classes, 4 to 9 of the class's own, end; padded with 0."""
    g = torch.Generator().manual_seed(1)
    shared = torch.randint(1, VOCABULARY - 3, (7,), generator=g)
    rows = torch.zeros(classes, POSITIONS, dtype=torch.long)
    for k in range(classes):
        own = 4 + k % 6
        rows[k, 0], rows[k, 1:8] = VOCABULARY - 2, shared
        rows[k, 8:8 + own] = torch.randint(1, VOCABULARY - 3, (own,), generator=g)
        rows[k, 8 + own] = VOCABULARY - 1
    return rows


def forward(clip, prompts, pixels, tokens):
    image, text = prompts()
    v = F.normalize(clip.image(pixels, image), dim=-1)
    t = F.normalize(clip.text(tokens, text), dim=-1)
    return 100 * v @ t.T, v


def divergence(clean, attacked):
    return F.kl_div(attacked.log_softmax(1), clean.softmax(1), reduction="none").sum(1)


def attack(clip, prompts, x, tokens):
    delta = torch.empty_like(x).uniform_(-EPSILON, EPSILON)
    delta = torch.clamp(delta, -x, 1 - x).requires_grad_(True)
    for _ in range(2):
        attacked, _ = forward(clip, prompts, x + delta, tokens)
        clean, _ = forward(clip, prompts, x, tokens)
        divergence(clean, attacked).mean().backward()
        step = (delta + STEP * delta.grad.sign()).clamp(-EPSILON, EPSILON)
        delta = torch.clamp(step, -x, 1 - x).detach().requires_grad_(True)
    return delta.detach()


def iteration(clip, prompts, optimiser, x, y, tokens):
    delta = attack(clip, prompts, x, tokens)
    optimiser.zero_grad()
    clean, v = forward(clip, prompts, x, tokens)
    attacked, w = forward(clip, prompts, x + delta, tokens)
    term = (divergence(clean, attacked) * (F.cosine_similarity(v, w) + 1)).mean()
    (F.cross_entropy(clean, y) + 1.5 * term).backward()
    optimiser.step()


def evaluation_step(clip, prompts, x, y, tokens):
    """One PGD step of the published evaluation: both towers, prompts with gradient."""
    delta = torch.zeros_like(x, requires_grad=True)
    logits, _ = forward(clip, prompts, x + delta, tokens)
    F.cross_entropy(logits, y).backward()
    return (delta + STEP * delta.grad.sign()).clamp(-EPSILON, EPSILON)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=["train", "eval"], default="train")
    parser.add_argument("--classes", type=int, default=37)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--cold", action="store_true", help="time the first iteration too")
    options = parser.parse_args()
    torch.manual_seed(1)
    clip, prompts = Clip().requires_grad_(False), Prompts()
    optimiser = torch.optim.SGD(prompts.parameters(), lr=0.0035, momentum=0.9, weight_decay=5e-4)
    x = torch.rand(options.batch, 3, IMAGE, IMAGE)
    y = torch.arange(options.batch) % options.classes
    tokens = texts(options.classes)
    seconds = []
    for index in range(options.iterations + (not options.cold)):
        began = time.perf_counter()
        if options.kind == "train":
            iteration(clip, prompts, optimiser, x, y, tokens)
        else:
            evaluation_step(clip, prompts, x, y, tokens)
        if index > 0 or options.cold:  # else the first warms up
            seconds.append(time.perf_counter() - began)
    middle = statistics.median(seconds)
    report = {"backend": f"torch {torch.__version__}", "threads": torch.get_num_threads(),
              "classes": options.classes, "batch": options.batch, "iterations": options.iterations,
              "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    if options.kind == "train":
        report["secondsPerIteration"] = middle
    else:
        report["secondsPerImageStep"] = middle / options.batch
    print(json.dumps(report))


if __name__ == "__main__":
    main()
