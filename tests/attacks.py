"""What a name or text may hold to take over what prints it, put into every text of a thing."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import cycle, islice
from typing import Any, Literal, TypeVar, cast, get_origin, get_type_hints

Whole = TypeVar("Whole")
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "' autofocus onfocus='alert(3)",
    "</script><script>alert(4)</script>",
    "</style><style>*{background:url(https://evil.example/5)}</style>",
    "</title><svg onload=alert(6)>",
    "]]></text><script>alert(7)</script>",
    "--><img src=https://evil.example/8 onerror=alert(8)><!--",
    "</textarea></select></template></noscript><iframe srcdoc='<script>alert(9)</script>'>",
    "javascript:alert(10)",
    "data:text/html,<script>alert(11)</script>",
    "https://evil.example/12",
    "[click](javascript:alert(13)) ![x](https://evil.example/13) <https://evil.example/14>",
    "{{ 7 * 7 }}{% include 'label.css' %}{# gone #}${7*7}#{7*7}",
    "cat\u202egpj.exe\u2066\u2069\u200f",
    "\x1b]0;title\x07\x1b[31mred\x00\x08\x9b31m",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "::error file=a.py,line=1::forged%0A::set-output name=x::y",
    "line\n::warning::forged\r\n##[error]forged",
    "| a | b |\n|---|---|\n# heading\n```\n@everyone #1 `code` ~~~",
    "[bold red]markup[/bold red][link=https://evil.example/25]x[/link]",
    "&lt;script&gt;alert(26)&lt;/script&gt;&#x3c;img src=x onerror=alert(26)&#x3e;",
    "\ud800 lone \udfff",
    "\ufeff\u2028\u2029\x85\u00ad\u200b",
    "../../../etc/passwd",
    "__proto__",
    "مرحبا بالعالم 名前 " * 20,
    "a" * 10_000,
)
# Fields whose texts the tool makes and reads: names of its own, and pictures.
KEPT = {"schema_version", "thumbnails", "thumbnail"}
NAMES = {"name", "family", "unit", "measure", "value", "topic"}


def poisoned(report: Whole, start: int = 0, *, keep_names: bool = True) -> Whole:
    """Return a report with a payload in every text, the next one in the next.

    Parameters
    ----------
    report
        Any report, or outcome of a gate; what fields it has is read from its dataclasses, so a new
        one is poisoned too.
    start
        Number of the first payload.
    keep_names
        Whether measures, values, tables and columns keep the names that templates know.
    """
    texts = islice(cycle(PAYLOADS), start, None)
    return cast("Whole", _part(report, texts, KEPT | (NAMES if keep_names else set())))


def replaced(report: Whole, text: str) -> Whole:
    """Return a report of which every text is one and the same."""
    return cast("Whole", _part(report, cycle([text]), KEPT | NAMES))


def _part(part: object, texts: Iterator[str], kept: set[str]) -> object:
    """Return a dataclass with payloads in the place of its texts."""
    hints = get_type_hints(type(part))
    # The names of measures, values, tables and columns are the tool's; a dataset's and a rule's,
    # which has the name of a class, are not.
    own = kept - {"name"} if hints.keys() & {"digest", "decision"} else kept
    changed: dict[str, Any] = {}
    for each in fields(part):  # type: ignore[arg-type]
        if each.name not in own and get_origin(hints[each.name]) is not Literal:
            changed[each.name] = _thing(getattr(part, each.name), texts, kept)
    return replace(part, **changed)  # type: ignore[type-var]


def _thing(thing: object, texts: Iterator[str], kept: set[str]) -> object:
    if isinstance(thing, str):
        return next(texts)
    if is_dataclass(thing):
        return _part(thing, texts, kept)
    if isinstance(thing, tuple):
        return tuple(_thing(each, texts, kept) for each in thing)
    if isinstance(thing, Mapping):
        return {
            f"{next(texts)}{at or ''}": _thing(each, texts, kept)
            for at, each in enumerate(thing.values())
        }
    return thing
