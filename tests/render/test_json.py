import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import CASES, full

from labelaudit.errors import InputError
from labelaudit.render.json import as_published, from_json, to_json
from labelaudit.report import MeasureResult, Report, Value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def with_value(number: float) -> Report:
    value = Value(name="x", title="X", value=number)
    result = MeasureResult(
        name="m", family="f", title="M", summary="M.", status="measured", values=(value,)
    )
    return replace(full(), measures=(result,))


@pytest.mark.parametrize("case", CASES)
def test_reading_what_was_written_gives_the_same_bytes(case: str) -> None:
    text = to_json(CASES[case]())
    assert to_json(from_json(text)) == text
    assert text.isascii()
    assert text.endswith("}\n")


def test_keys_are_sorted_at_every_level() -> None:
    def check(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
        return dict(pairs)

    json.loads(to_json(full()), object_pairs_hook=check)


def test_only_run_differs_between_scans_at_different_times() -> None:
    report = full()
    other = replace(report, run=replace(report.run, started="2027-01-01T00:00:00Z"))
    first, second = json.loads(to_json(report)), json.loads(to_json(other))
    assert first.pop("run") != second.pop("run")
    assert first == second


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_six_significant_digits(number: float) -> None:
    found = as_published(with_value(number)).measures[0].values[0].value
    assert found == float(f"{number:.6g}")


def test_integers_are_not_rounded() -> None:
    assert as_published(with_value(123_456_789)).measures[0].values[0].value == 123_456_789


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_never_written(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(with_value(number))


def edited(*path: str | int, to: object) -> str:
    document = json.loads(to_json(full()))
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return json.dumps(document)


def removed(*path: str | int) -> str:
    document = json.loads(to_json(full()))
    at = document
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1"),
        ("{'a': 1}", "line 1, column 2"),
        ("[]", "no schema_version"),
        ("[" * 100_000, "nested too deep"),
        ("1" * 10_000, "too long"),
        ('{"schema_version": "1.0", "x": NaN}', "NaN is no number of JSON"),
        ('{"schema_version": "1.0", "x": -Infinity}', "-Infinity is no number of JSON"),
        (edited("schema_version", to="2.0"), "expected '1.x', found '2.0'"),
        (edited("schema_version", to=1.0), "expected '1.x', found 1.0"),
        (removed("dataset", "digest"), "dataset.digest: missing"),
        (edited("dataset", to=[]), "dataset: expected an object, found a list"),
        (edited("dataset", "n_items", to="many"), "dataset.n_items: expected an integer"),
        (edited("dataset", "n_items", to=True), "dataset.n_items: expected an integer, found True"),
        (edited("dataset", "n_items", to=10**30), "dataset.n_items: expected a number of usual"),
        (
            edited("dataset", "task", to="ranking"),
            "expected 'multiclass' or 'multilabel' or 'regression'",
        ),
        (edited("dataset", "splits", "train", to=None), "dataset.splits['train']"),
        (edited("measures", 0, "status", to="ok"), "measures[0].status"),
        (edited("measures", 0, "values", 2, "low", to="0"), "measures[0].values[2].low"),
        (edited("measures", 0, "tables", 0, "rows", 0, to=[1]), "a row of 1 cells for 5 columns"),
        *(
            (edited("thumbnails", to={"t0": picture}), "thumbnails: 't0' is no WebP in base64 of")
            for picture in ('x" onerror="alert(1)', "PHN2Zy8+", "", "UklGR" + 40_000 * "A")
        ),
        (edited("measures", to={}), "measures: expected a list, found an object"),
        (edited("measures", 1, "name", to=full().measures[0].name), ": 2 results"),
    ],
)
def test_what_is_no_report_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(text, "old/report.json")
    assert str(caught.value).startswith("old/report.json: ")
    assert said in str(caught.value)
    assert "hint: " in str(caught.value)


def test_every_problem_is_named_at_once() -> None:
    document = json.loads(to_json(full()))
    document["random_state"] = "0"
    del document["run"]["python"]
    with pytest.raises(InputError) as caught:
        from_json(json.dumps(document))
    assert caught.value.details == (
        "random_state: expected an integer, found '0'",
        "run.python: missing",
    )


def test_a_key_that_occurs_twice_is_refused() -> None:
    text = to_json(full()).replace('"random_state": 0', '"random_state": 0, "random_state": 1')
    with pytest.raises(InputError, match="'random_state' twice"):
        from_json(text)


def test_a_later_minor_version_is_read_without_its_new_keys() -> None:
    document = json.loads(to_json(full()))
    document |= {"schema_version": "1.7", "novelty": [1]}
    document["dataset"]["novelty"] = None
    report = from_json(json.dumps(document))
    assert report.schema_version == "1.7"
    assert report.dataset == as_published(full()).dataset


def test_what_has_a_default_may_be_missing() -> None:
    assert from_json(removed("thumbnails")).thumbnails == {}


@settings(max_examples=200)
@given(st.text(max_size=20) | JSON.map(json.dumps), st.data())
def test_no_text_ends_in_anything_but_a_report_or_an_input_error(
    text: str, data: st.DataObject
) -> None:
    document = json.loads(to_json(full()))
    key = data.draw(st.sampled_from(sorted(document)))
    document[key] = data.draw(JSON)
    for candidate in (text, json.dumps(document)):
        try:
            report = from_json(candidate)
        except InputError:
            continue
        assert isinstance(report, Report)
