"""The policy of a gate: from a table of TOML to limits and counts of findings."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final, TypeVar, cast, get_args

from labelaudit.errors import InputError
from labelaudit.limits import AUDITED, MODEL_ESTIMATED, named
from labelaudit.parts import EVERY, PLACES, Kind, place_of
from labelaudit.report import Limit, Mode, Policy

RATE: Final = "label_error_rate"
KEYS: Final = ("mode", RATE, "accept_model", "findings", "limits")
BOUNDS: Final = ("at_most", "at_least", "rise_at_most")
OF_LIMIT: Final = (
    *("measure", "value", RATE, *BOUNDS),
    *("of_items", "class", "split", "mode", "accept_model"),
)
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
SHARES: Final = frozenset({"rate", "share"})
RATES: Final = (("audited_labels", AUDITED), ("label_noise", MODEL_ESTIMATED))
BIGGEST: Final = 1e15
_T = TypeVar("_T")
KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    str: "a text",
    float: "a number",
    dict: "a table",
    list: "an array of tables, each [[gate.limits]]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a policy asks for: limits, and how many findings each rule may have."""

    policy: Policy
    limits: tuple[Limit, ...]


def asked(table: Mapping[str, object], source: str, mode: Mode | None = None) -> Asked:
    """Return the policy that a table of TOML holds.

    Parameters
    ----------
    table
        The table ``gate``, as parsed.
    source
        Name of its file, for messages and for the report.
    mode
        Mode of every limit, in place of those that the policy names.

    Raises
    ------
    InputError
        When a key is unknown, a value is of another kind, or a rule can never fire, always fires
        or is there twice; all of it is told at once.
    """
    problems: list[str] = []
    known = _known(table, KEYS, "gate", problems)
    general = _mode(known, "gate", problems) or "block"
    entries = _take(known, "limits", list, "gate", problems) or []
    whole = Limit(measure="", value="", mode=general)
    limits = [*_rate_limits(known, "gate", whole, problems)]
    for number, entry in enumerate(entries, 1):
        limits += _entry(entry, f"gate.limits, number {number}", general, problems)
    findings = _findings(_take(known, "findings", dict, "gate", problems) or {}, problems)
    problems += _repeated(limits)
    if not problems and not limits and not findings:
        problems.append("gate: asks for nothing: no label_error_rate, no findings, no limits")
    if problems:
        raise InputError(
            f"{source}: no policy; {len(problems):,} wrong",
            details=problems,
            hint="labelaudit gate --init REPORT writes a policy to start from",
        )
    return Asked(
        policy=Policy(source=source, mode=mode or general, findings=findings),
        limits=tuple(replace(each, mode=mode or each.mode) for each in limits),
    )


def near(name: str, names: Iterable[str]) -> str:
    """Return a question that names what may have been meant; empty when nothing is near."""
    found = get_close_matches(name, list(names), n=3, cutoff=0.6)
    return f"; is it {' or '.join(found)}?" if found else ""


def _known(
    table: Mapping[str, object], keys: tuple[str, ...], where: str, problems: list[str]
) -> dict[str, object]:
    """Return a table without the keys that there are not; each is a problem."""
    said = {key.replace("-", "_"): value for key, value in table.items()}
    names = Counter(key.replace("-", "_") for key in table)
    problems += [f"{where}: {key!r}: is there twice" for key, n in names.items() if n > 1]
    problems += [
        f"{where}: {key!r}: no such key{near(key, keys) or '; there are ' + ', '.join(keys)}"
        for key in said
        if key not in keys
    ]
    return {key: value for key, value in said.items() if key in keys}


def _take(
    table: Mapping[str, object], key: str, kind: type[_T], where: str, problems: list[str]
) -> _T | None:
    """Return a value of a kind; None when it is not there, or is of another kind."""
    found = table.get(key)
    if found is None:
        return None
    number = kind is float and not isinstance(found, bool) and isinstance(found, int | float)
    if number and math.isfinite(cast("float", found)) and abs(cast("float", found)) < BIGGEST:
        return cast("_T", float(cast("float", found)))
    if type(found) is kind and not number:
        return found
    problems.append(f"{where}: {key}: has to be {KINDS[kind]}; found {found!r:.60}")
    return None


def _mode(table: Mapping[str, object], where: str, problems: list[str]) -> Mode | None:
    found = _take(table, "mode", str, where, problems)
    if found is None or found in MODES:
        return found
    problems.append(f"{where}: mode: has to be {' or '.join(MODES)}; found {found!r:.60}")
    return None


def _rate_limits(
    table: Mapping[str, object], where: str, of_part: Limit, problems: list[str]
) -> Iterator[Limit]:
    """Return the limits that ``label_error_rate`` stands for: on the audited rate and the other."""
    most = _take(table, RATE, float, where, problems)
    accept = _take(table, "accept_model", bool, where, problems)
    if most is None:
        if accept is not None and RATE not in table and "measure" not in table:
            problems.append(f"{where}: accept_model: says nothing without {RATE}")
        return
    for measure, value in RATES:
        by_model = bool(accept) and value == MODEL_ESTIMATED
        yield replace(of_part, measure=measure, value=value, at_most=most, accept_model=by_model)
    problems += [f"{where}: {RATE}: {what}" for what in _idle("share", "at_most", most)]


def _entry(entry: object, where: str, general: Mode, problems: list[str]) -> Iterator[Limit]:
    """Return the limits of one ``[[gate.limits]]``: one a bound."""
    if not isinstance(entry, dict):
        problems.append(f"{where}: has to be a table; found {entry!r:.60}")
        return
    table = _known(entry, OF_LIMIT, where, problems)
    mode = _mode(table, where, problems) or general
    class_name, split = (_take(table, key, str, where, problems) for key in ("class", "split"))
    if class_name is not None and split is not None:
        problems.append(f"{where}: class and split: a number is of one or of the other")
    if RATE in table:
        besides = [key for key in ("measure", "value", *BOUNDS, "of_items") if key in table]
        problems += [f"{where}: {RATE}: is a limit by itself, without {key}" for key in besides]
        part = Limit(measure="", value="", split=split, class_name=class_name, mode=mode)
        yield from _rate_limits(table, where, part, problems)
        return
    measure, value = (_take(table, key, str, where, problems) for key in ("measure", "value"))
    missing = [key for key in ("measure", "value") if key not in table]
    problems += [f"{where}: {key}: missing" for key in missing]
    bounds = {key: _take(table, key, float, where, problems) for key in BOUNDS}
    if not any(key in table for key in BOUNDS):
        problems.append(f"{where}: no bound; it needs {', '.join(BOUNDS[:2])} or {BOUNDS[2]}")
    of_items = _take(table, "of_items", bool, where, problems) or False
    accept = _take(table, "accept_model", bool, where, problems) or False
    if measure is None or value is None:
        return
    limit = Limit(
        measure=measure,
        value=value,
        split=split,
        class_name=class_name,
        of_items=of_items,
        mode=mode,
        accept_model=accept,
    )
    problems += [f"{where}: {what}" for what in _contradictions(limit, bounds)]
    rise = bounds["rise_at_most"]
    if rise is not None:
        yield replace(limit, rise_at_most=rise)
    if (bounds["at_most"], bounds["at_least"]) != (None, None):
        yield replace(limit, at_most=bounds["at_most"], at_least=bounds["at_least"])


def _contradictions(limit: Limit, bounds: Mapping[str, float | None]) -> Iterator[str]:
    """Say why a limit can never fire, or always fires."""
    unit = "share" if limit.of_items else _unit(limit.value)
    for key, bound in bounds.items():
        if bound is not None:
            yield from (f"{key}: {what}" for what in _idle(unit, key, bound))
    least, most = bounds["at_least"], bounds["at_most"]
    if least is not None and most is not None and least > most:
        yield f"at_least {least:g} and at_most {most:g}: no number is both, so it always fails"
    if limit.accept_model and limit.value != MODEL_ESTIMATED:
        yield f"accept_model: is for {MODEL_ESTIMATED}; {limit.value} is not estimated by a model"
    if limit.of_items and _unit(limit.value) != "count":
        yield f"of_items: is for counts, and {limit.value} is none"
    if limit.of_items and bounds["rise_at_most"] is not None:
        yield "of_items: says nothing of a rise"
    yield from _of_parts(limit, bounds)


def _of_parts(limit: Limit, bounds: Mapping[str, float | None]) -> Iterator[str]:
    """Say why a limit on classes or splits is on nothing that there is."""
    if limit.of_items and (limit.class_name, limit.split) != (None, None):
        yield "of_items: is of all items; leave it out for a class or a split"
    if EVERY in {limit.class_name, limit.split} and bounds["rise_at_most"] is not None:
        yield "rise_at_most: is of one class or split, or of the whole; not of every one"
    for kind, name in (("class", limit.class_name), ("split", limit.split)):
        if name is not None and place_of(limit.measure, limit.value, cast("Kind", kind)) is None:
            yield f"{kind}: {limit.measure}.{limit.value} has no number by {kind}{_others(kind)}"


def _others(kind: str) -> str:
    """Name the numbers that there are by class or split."""
    places = PLACES[cast("Kind", kind)]
    names = [f"{measure}.{value}" for measure, values in places.items() for value in values]
    return f"; there are {', '.join(names)}"


def _unit(value: str) -> str:
    last = value.rpartition("_")[2]
    return "share" if last in SHARES else "count" if last == "count" else ""


def _idle(unit: str, key: str, bound: float) -> Iterator[str]:
    """Say whether a bound lets everything pass or nothing, of what a share or a count can be."""
    never, always = "can never fire", "always fails"
    top = 1.0 if unit == "share" else math.inf
    if key == "at_most" and unit and (bound >= top or bound < 0):
        yield f"{bound:g} {always if bound < 0 else never}: a {unit} is " + (
            "at least 0" if bound < 0 else "at most 1, which is 100%; 5% is 0.05"
        )
    if key == "at_least" and unit and (bound <= 0 or bound > top):
        yield f"{bound:g} {never if bound <= 0 else always}: a {unit} is " + (
            "at least 0" if bound <= 0 else "at most 1, which is 100%; 5% is 0.05"
        )
    if key == "rise_at_most" and abs(bound) >= top:
        yield f"{bound:g} {never if bound > 0 else always}: a share rises by less than 1"


def _findings(table: Mapping[str, object], problems: list[str]) -> dict[str, int]:
    """Return how many findings each rule may have."""
    found: dict[str, int] = {}
    for rule, most in table.items():
        if type(most) is not int or not 0 <= most < BIGGEST:
            problems.append(
                f"gate.findings: {rule}: has to be a whole number, 0 or more; found {most!r:.60}"
            )
        else:
            found[rule] = most
    return found


def _repeated(limits: list[Limit]) -> list[str]:
    """Name the limits of which there are two."""
    seen: set[tuple[object, ...]] = set()
    repeated = []
    for limit in limits:
        for key in BOUNDS:
            if getattr(limit, key) is None:
                continue
            said = (named(limit), key)
            if said in seen:
                repeated.append(f"{said[0]}: {key}: there are two such limits")
            seen.add(said)
    return repeated
