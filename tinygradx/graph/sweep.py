"""The way back: every node behind a root, outputs before inputs, each handing out its shares."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from tinygradx.graph.handle import Handle
from tinygradx.graph.hooks import Visitor, visitor_of
from tinygradx.graph.node import Node
from tinygradx.graph.op import Part
from tinygradx.graph.record import recording, watching

_by_age = attrgetter("age")


def newest_first(roots: Sequence[Node]) -> list[Node]:
    """Every node behind the roots that wants a gradient, outputs before inputs.

    An input is always older than its output, so the order of age is the order of the graph.
    """
    return _behind(roots)[0]


def _behind(roots: Sequence[Node]) -> tuple[list[Node], set[Node]]:
    """`newest_first`, and those of the nodes into which several ways lead."""
    seen = set(roots)
    met_again = set(roots)
    stack = list(roots)
    while stack:
        for node in stack.pop().inputs:
            if node in seen:
                met_again.add(node)
            elif node.wants:
                seen.add(node)
                stack.append(node)
    return sorted(seen, key=_by_age, reverse=True), met_again


def _between(nodes: list[Node], targets: set[Node]) -> list[Node]:
    """Those of `nodes` (newest first) from which a way leads to one of the targets."""
    reaching = set(targets)
    for node in reversed(nodes):
        if not reaching.isdisjoint(node.inputs):
            reaching.add(node)
    return [node for node in nodes if node in reaching]


def sweep(
    roots: Sequence[Node],
    gradients: Sequence[Any],
    kind: type[Handle],
    *,
    targets: Sequence[Node] | None = None,
    retain: bool = False,
    create: bool = False,
) -> dict[Node, Any]:
    """Carry gradients from the roots to the leaves.

    Parameters
    ----------
    roots, gradients : sequence
        Where to begin, and with what: arrays, or handles when `create` is True.
    kind : type
        The handle class to wrap in.
    targets : sequence of Node, optional
        Stop there and answer what arrived; without targets the leaves collect it in `.grad`.
    retain : bool
        Keep the saved arrays for another sweep.
    create : bool
        Record the way back, so that it can be differentiated in turn.

    Returns
    -------
    dict
        What arrived at each target that was reached.
    """
    nodes, met_again = _behind(roots)
    wanted = None if targets is None else set(targets)
    if wanted is not None:
        nodes = _between(nodes, wanted)
    visitors = None
    if Visitor.alive:
        waiting = ((node, visitor_of(node)) for node in nodes)
        visitors = {node: who for node, who in waiting if who is not None and who.waits()}
        met_again.update(visitors)  # a visitor sees the whole gradient, so it waits for its turn
    token = recording.set(create)
    try:
        return _walk(nodes, met_again, roots, gradients, kind, wanted, visitors, retain, create)
    finally:
        recording.reset(token)


def _walk(
    nodes: list[Node],
    met_again: set[Node],
    roots: Sequence[Node],
    gradients: Sequence[Any],
    kind: type[Handle],
    wanted: set[Node] | None,
    visitors: dict[Node, Visitor] | None,
    retain: bool,
    create: bool,
) -> dict[Node, Any]:
    fit, join, whole, fresh, collect = kind.arithmetic
    watch = watching.get()
    inside = None if wanted is None else set(nodes)
    arrived: dict[Node, Any] = {}
    pending: dict[Node, Any] = {}
    owned: set[Node] = set()  # nodes whose pending gradient lies in memory of its own
    complete: list[tuple[Any, Any, bool]] = []  # leaves, their gradients, whether in such memory
    for root, gradient in zip(roots, gradients, strict=True):
        known = pending.get(root)
        pending[root] = gradient if known is None else join(known, gradient, create, False)

    for node in nodes:
        g = pending.pop(node, None)
        if g is None:
            continue
        if visitors is not None and node in visitors:
            g = visitors[node].arrived(node, g, kind, create)
            owned.discard(node)  # the visitor may keep it
        op = node.op
        if inside is not None and node in wanted:  # type: ignore[operator]
            arrived[node] = g
            if inside.isdisjoint(node.inputs):  # nothing asked for lies behind
                continue
        if op is None:
            if wanted is None:
                complete.append((node, g, node in owned))
            continue
        fits = op.fits and not create
        shares = (
            op.pull_node(g, node, create, kind)
            if watch is None
            else watch.pull(node, g, create, kind)
        )
        for source, share in zip(node.inputs, shares):  # noqa: B905, as strict doubles its cost
            if share is None or not source.wants or (inside is not None and source not in inside):
                continue
            if not fits and (share.shape != source.shape or share.dtype is not source.dtype):
                share = fit(share, source, create)
            if source not in met_again:  # this is all of its gradient
                if share.__class__ is Part:
                    share = whole(share)
                if source.op is None and wanted is None:
                    complete.append((source, share, fresh(share, g)))
                else:
                    pending[source] = share
                continue
            known = pending.get(source)
            if known is not None:
                pending[source] = join(known, share, create, source in owned)
                owned.add(source)
            elif share.__class__ is Part:
                pending[source] = whole(share)
                owned.add(source)
            else:
                pending[source] = share
                if source.op is None and fresh(share, g):
                    owned.add(source)
        if not retain and node.saved:
            node.saved = None
    if complete:
        collect(complete, kind, create)
    if visitors is not None and wanted is None:
        for node, _, _ in complete:
            if node in visitors:
                visitors[node].collected(node, kind)
    return arrived
