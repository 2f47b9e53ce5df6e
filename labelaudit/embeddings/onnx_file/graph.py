"""What an ONNX file holds, read from its encoding; and a smaller graph cut from it.

The numbers are those of the fields in onnx.proto. Neither needs the ``onnx`` package.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labelaudit.embeddings.onnx_file.wire import Data, Field, encoded, fields, opened, text

IR_VERSION, PRODUCER, PRODUCER_VERSION, GRAPH, OPSET = 1, 2, 3, 7, 8  # of ModelProto
NODE, INITIALIZER, INPUT, OUTPUT = 1, 5, 11, 12  # of GraphProto
NODE_INPUT, NODE_OUTPUT, OPERATION, ATTRIBUTE = 1, 2, 4, 5  # of NodeProto
INNER_GRAPHS = (6, 11)  # of AttributeProto
VALUE_NAME, TENSOR_NAME = 1, 8  # of ValueInfoProto, TensorProto


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operation of a graph.

    Attributes
    ----------
    operation
        Its kind, such as ``Conv``.
    inputs, outputs
        Names of the tensors it reads and makes.
    inner
        Names of the tensors that are read or made by the graphs inside it, as of an ``If``.
    """

    operation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    inner: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What an ONNX file holds.

    Attributes
    ----------
    path
        The file.
    ir_version, producer, opsets
        Version of the format, what wrote it, and the version of each domain of operations.
    nodes
        Its operations, in the order of the file.
    inputs, outputs
        Names of the graph's own; an input that has an initial value is none.
    weights
        Names of the tensors that the file itself gives a value.
    """

    path: Path
    ir_version: int
    producer: str
    opsets: dict[str, int]
    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    weights: frozenset[str]

    @property
    def tensors(self) -> list[str]:
        """Names of the tensors that nodes make, in the order of the file."""
        return [name for node in self.nodes for name in node.outputs if name]


@dataclass(frozen=True, slots=True)
class Cut:
    """A smaller model cut from a file.

    Attributes
    ----------
    path
        The file, in whose folder its weights may lie.
    content
        The model, encoded.
    """

    path: Path
    content: bytes

    def __str__(self) -> str:
        return str(self.path)


def read_graph(path: Path) -> Graph:
    """Read what an ONNX file holds, but not its weights.

    Raises
    ------
    ModelError
        When it is not an ONNX model, or not whole.
    """
    with opened(path) as data:
        return _graph(path, data)


def cut(graph: Graph, outputs: Sequence[str]) -> Cut:
    """Return a model that makes these tensors only, without the nodes and weights behind them.

    Parameters
    ----------
    graph
        As `read_graph` returns it.
    outputs
        Names of tensors that nodes make.
    """
    needed = _needed(graph, outputs)
    with opened(graph.path) as data:
        rest = [data[field.start : field.end] for field in fields(data) if field.number != GRAPH]
        kept = [
            data[part.start : part.end]
            for field in fields(data)
            if field.number == GRAPH
            for part in fields(data, field.content, field.end)
            if _is_kept(data, part, needed)
        ]
    kept += [encoded(OUTPUT, encoded(VALUE_NAME, name.encode())) for name in outputs]
    return Cut(graph.path, b"".join([*rest, encoded(GRAPH, *kept)]))


def _needed(graph: Graph, outputs: Iterable[str]) -> set[str]:
    """Return the names of all tensors that some tensors are made from, and their own."""
    makers = {name: node for node in graph.nodes for name in node.outputs}
    needed: set[str] = set()
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            if node := makers.get(name):
                waiting += [*node.inputs, *node.inner]
    return needed


def _is_kept(data: Data, part: Field, needed: set[str]) -> bool:
    """Tell whether a part of a graph stays when only the needed tensors do."""
    if part.number == NODE:
        return not needed.isdisjoint(_node(data, part).outputs)
    if part.number in {INITIALIZER, INPUT}:
        return _name(data, part) in needed
    return part.number != OUTPUT


def _graph(path: Path, data: Data) -> Graph:
    """Return what a mapped file holds."""
    version = 0
    producer: dict[int, str] = {}
    opsets: dict[str, int] = {}
    nodes: list[Node] = []
    named: dict[int, list[str]] = {INITIALIZER: [], INPUT: [], OUTPUT: []}
    for field in fields(data):
        if field.number == IR_VERSION:
            version = field.value
        elif field.number in {PRODUCER, PRODUCER_VERSION}:
            producer[field.number] = text(data, field)
        elif field.number == OPSET:
            opsets |= [_opset(data, field)]
        elif field.number == GRAPH:
            for part in fields(data, field.content, field.end):
                if part.number == NODE:
                    nodes.append(_node(data, part))
                elif part.number in named:
                    named[part.number].append(_name(data, part))
    if not version or not nodes:
        raise ValueError("it has no graph")
    weights = frozenset(named[INITIALIZER])
    return Graph(
        path=path,
        ir_version=version,
        producer=" ".join(producer.values()),
        opsets=opsets,
        nodes=tuple(nodes),
        inputs=tuple(name for name in named[INPUT] if name not in weights),
        outputs=tuple(named[OUTPUT]),
        weights=weights,
    )


def _opset(data: Data, field: Field) -> tuple[str, int]:
    """Return a domain of operations and its version."""
    domain, version = "", 0
    for part in fields(data, field.content, field.end):
        if part.is_bytes:
            domain = text(data, part)
        else:
            version = part.value
    return domain or "ai.onnx", version


def _node(data: Data, node: Field) -> Node:
    said: dict[int, list[str]] = {NODE_INPUT: [], NODE_OUTPUT: [], OPERATION: []}
    inner: list[str] = []
    for part in fields(data, node.content, node.end):
        if part.number in said:
            said[part.number].append(text(data, part))
        elif part.number == ATTRIBUTE:
            for held in fields(data, part.content, part.end):
                if held.number in INNER_GRAPHS:
                    inner += _inner_names(data, held)
    return Node(
        operation="".join(said[OPERATION]),
        inputs=tuple(said[NODE_INPUT]),
        outputs=tuple(said[NODE_OUTPUT]),
        inner=tuple(inner),
    )


def _inner_names(data: Data, graph: Field) -> Iterator[str]:
    """Yield the names of the tensors that a graph inside a node reads, makes or returns."""
    for part in fields(data, graph.content, graph.end):
        if part.number == NODE:
            node = _node(data, part)
            yield from (*node.inputs, *node.outputs, *node.inner)
        elif part.number == OUTPUT:
            yield _name(data, part)


def _name(data: Data, part: Field) -> str:
    """Return the name of an initializer, an input or an output of a graph."""
    number = TENSOR_NAME if part.number == INITIALIZER else VALUE_NAME
    inside = fields(data, part.content, part.end)
    return next((text(data, found) for found in inside if found.number == number), "")
