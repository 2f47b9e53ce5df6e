import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from attacks import poisoned
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import CASES, full

from labelaudit.errors import InputError
from labelaudit.render.json import altered, from_json, to_json

Place = tuple[str | int, ...]
Document = dict[str, Any]


def places(part: object, at: Place = ()) -> Iterator[Place]:
    """Yield where each scalar of a document is."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from places(value, (*at, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from places(value, (*at, number))
    else:
        yield at


def parent(document: Document, place: Place) -> Any:  # noqa: ANN401 - any part of a document
    at: Any = document
    for step in place[:-1]:
        at = at[step]
    return at


def named(document: Document, place: Place) -> str:
    """Return what a changed scalar is to be called, by walking the document once more."""
    first, *rest = place
    if first == "run":
        return "run"
    if first == "dataset":
        return f"dataset/{rest[0]}"
    if first != "measures":
        return str(first)
    measure = document["measures"][rest[0]]
    at = f"measures/{measure['name']}"
    if rest[1] in {"values", "tables", "galleries"}:
        return f"{at}/{rest[1]}/{measure[rest[1]][rest[2]]['name']}"
    return f"{at}/{rest[1]}" if rest[1] in {"notes", "parameters"} else at


@pytest.mark.parametrize("case", CASES)
def test_a_report_as_it_was_written_is_not_altered(case: str) -> None:
    report = CASES[case]()
    document = json.loads(to_json(report))
    assert altered(document) == ()
    again = to_json(from_json(json.dumps(document)))
    assert json.loads(again) == document
    assert altered(json.loads(to_json(poisoned(report)))) == ()


def test_every_scalar_is_covered_and_the_part_it_is_in_is_named() -> None:
    document = json.loads(to_json(full()))
    own = {"checksums", "thumbnails"}
    everywhere = [at for at in places(document) if at[0] not in own and at[-1] != "name"]
    assert len(everywhere) > 500
    for place in everywhere:
        holder, key = parent(document, place), place[-1]
        before = holder[key]
        holder[key] = "edited" if before != "edited" else None
        assert altered(document) == (named(document, place),), place
        holder[key] = before
    assert altered(document) == ()


@given(st.data())
@settings(max_examples=60)
def test_an_edited_number_is_named(data: st.DataObject) -> None:
    document = json.loads(to_json(full()))
    numbers = [
        at
        for at in places(document["measures"], ("measures",))
        if type(parent(document, at)[at[-1]]) in {int, float}
    ]
    place = data.draw(st.sampled_from(numbers))
    before = parent(document, place)[place[-1]]
    other = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
    parent(document, place)[place[-1]] = data.draw(other.filter(lambda drawn: drawn != before))
    assert altered(document) == (named(document, place),)


def test_what_was_removed_added_or_moved_is_named() -> None:
    text = to_json(full())
    document = json.loads(text)
    first, second = document["measures"][:2]
    gone = first["values"].pop(0)["name"]
    assert altered(document) == (f"measures/{first['name']}/values/{gone}: removed",)
    document = json.loads(text)
    document["measures"].pop(0)
    assert altered(document) == (f"measures/{first['name']}: removed",)
    document = json.loads(text)
    document["measures"].append({**second, "name": "novel"})
    assert altered(document) == ("measures/novel: added",)
    document = json.loads(text)
    document["measures"].reverse()
    assert altered(document) == ("measures",)
    document = json.loads(text)
    document["measures"][0]["values"].reverse()
    assert altered(document) == (f"measures/{first['name']}",)
    document = json.loads(text)
    del document["limits"]
    document |= {"novelty": 1}
    assert altered(document) == ("limits: removed", "novelty: added")


def test_other_white_space_and_whole_numbers_written_otherwise_alter_nothing() -> None:
    text = to_json(full())
    document = json.loads(text, parse_float=lambda digits: float(digits) + 0.0)
    whole = json.loads(text, parse_int=float)
    assert text.count(": 0.0") + text.count(": 1.0") > 0
    assert altered(json.loads(json.dumps(document))) == altered(whole) == ()


def test_a_checksum_is_the_start_of_the_hash_that_the_documentation_names() -> None:
    document = json.loads(to_json(full()))
    value = document["dataset"]["class_names"]
    canonical = json.dumps(value, separators=(",", ":"), sort_keys=True)
    assert (
        document["checksums"]["dataset/class_names"]
        == (sha256(canonical.encode()).hexdigest()[:16])
    )


def test_the_checksums_of_equal_scans_are_equal() -> None:
    report = full()
    later = replace(report, run=replace(report.run, started="2031-01-01T00:00:00Z"))
    first, second = json.loads(to_json(report)), json.loads(to_json(later))
    assert first["checksums"] == second["checksums"]
    assert first["run"]["checksum"] != second["run"]["checksum"]


def test_checksums_that_were_taken_out_are_named_but_older_reports_have_none() -> None:
    document = json.loads(to_json(full()))
    del document["checksums"]
    assert altered(document) == ("checksums: removed",)
    document["checksums"] = {}
    assert altered(document) == ("checksums: removed",)
    del document["checksums"], document["run"]["checksum"]
    document["schema_version"] = "1.3"
    assert altered(document) == ()


def test_an_edited_checksum_is_told_by_its_part() -> None:
    document = json.loads(to_json(full()))
    document["checksums"]["dataset/name"] = "0" * 16
    document["checksums"]["dataset/novel"] = "0" * 16
    document["run"]["checksum"] = ""
    assert altered(document) == ("dataset/name", "dataset/novel: removed", "run")


def test_what_is_no_report_breaks_nothing() -> None:
    deep: object = []
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(InputError, match="nested too deep"):
        altered({"schema_version": "1.4", "checksums": {"x": ""}, "x": deep})
    odd = {"checksums": {"x": 1}, "measures": [1, {"values": [2, {"name": []}]}], "run": 3}
    assert "run" in altered(odd)
    assert altered({}) == ()
