"""What tests of drawings share: graphs to draw, and programs that stand in for Graphviz."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import tinygradx as tgx
from tinygradx.draw import Drawing, DrawnNode
from tinygradx.draw import render as render_module

ROOT = Path(__file__).resolve().parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="the fake engines are shell scripts")
pictures = pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is None, reason="pygraphviz is not installed"
)


def leaf(value: Any, dtype: Any = None) -> Any:
    """A tensor that collects a gradient."""
    return tgx.tensor(value, dtype=dtype, requires_grad=True)


def micrograd_example() -> tuple[Any, dict[str, Any]]:
    """The expression of micrograd's README, whose gradients are known."""
    a, b = leaf(-4.0), leaf(2.0)
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.backward()
    return g, {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "g": g}


def small_network() -> tuple[Any, dict[str, Any]]:
    """A loss over two layers, and its parameters."""
    tgx.manual_seed(0)
    x, y = tgx.randn(32, 2), tgx.randn(32, 1)
    params = {
        "fc1.weight": tgx.randn(2, 16), "fc1.bias": tgx.zeros(16),
        "fc2.weight": tgx.randn(16, 1), "fc2.bias": tgx.zeros(1),
    }  # fmt: skip
    w1, b1, w2, b2 = (p.requires_grad_() for p in params.values())
    loss = ((((x @ w1 + b1).tanh() @ w2 + b2) - y) ** 2).mean()
    return loss, params


def by_name(drawing: Drawing) -> dict[str, DrawnNode]:
    return {node.name: node for node in drawing.nodes if node.kind != "op"}


def texts_of(svg: bytes) -> list[str]:
    """Every piece of text that a reader of the picture sees."""
    return [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("}text")]


def hide_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_module.shutil, "which", lambda name, path=None: None)
    monkeypatch.setattr(render_module.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(render_module.metadata, "files", lambda name: None)


def engine(folder: Path, body: str, name: str = "engine") -> str:
    """A shell script that stands in for a drawing program."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)
