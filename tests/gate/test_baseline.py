"""The baseline as a file: what is written comes back, and what is wrong in it is told by line."""

import json
import re
from dataclasses import asdict, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attacks import PAYLOADS, poisoned
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import Item, datasets, found, report

from labelaudit.errors import InputError
from labelaudit.gate.baseline import Baseline, Number, order, refuse_drift
from labelaudit.gate.baseline_file import from_text, read_baseline, to_text
from labelaudit.gate.comparison import compared, updated_baseline
from labelaudit.report import Limit

ITEMS = [
    Item("a.png", 0, "dog", "train"),
    Item("b.png", 0, "cat", None),
    Item("c.png", 1, None, None),
]


def baseline(items: list[Item] = ITEMS) -> Baseline:
    return updated_baseline(report(), found(items))


def known_as(one: Baseline) -> dict[str, Any]:
    """Return a baseline as what can be compared."""
    keys = {"entries": sorted(one.entries, key=order), "items": one.items.tolist()}
    rest = ("tool_version", "schema_version", "settings", "numbers")
    return keys | {name: getattr(one, name) for name in rest}


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as raised:
        from_text(text, "base.json")
    assert raised.value.message.startswith("base.json: ")
    assert raised.value.hint
    return raised.value


def edited(change: Any) -> str:  # noqa: ANN401 - what to do with the parsed document
    document = json.loads(to_text(baseline()))
    change(document)
    return json.dumps(document)


@settings(deadline=None)
@given(datasets(), st.sampled_from(["fine", "wrong", "unsure"]), st.text(max_size=5))
def test_what_is_written_comes_back(items: list[Item], word: Any, note: str) -> None:  # noqa: ANN401
    one = baseline(items)
    changed = tuple(replace(entry, verdict=word, note=note) for entry in one.entries[:2])
    one = replace(one, entries=(*changed, *one.entries[2:]))
    text = to_text(one)
    assert text.isascii()
    back = from_text(text, "")
    numbers = {name: replace(one, value=0.123457) for name, one in one.numbers.items()}
    assert known_as(back) == known_as(replace(one, numbers=numbers))
    assert to_text(back) == text


def test_the_order_of_the_items_is_not_in_it() -> None:
    texts = {to_text(baseline(list(order))) for order in permutations(ITEMS)}
    assert len(texts) == 1


def test_a_finding_is_a_line_that_names_it() -> None:
    lines = to_text(baseline()).splitlines()
    start = lines.index(' "findings": [') + 1
    listed = [json.loads(line.rstrip(",")) for line in lines[start : lines.index(" ],")]]
    assert [(one["rule"], one["path"], one.get("given_label")) for one in listed] == [
        ("contradictory_duplicates", "a.png", "dog"),
        ("contradictory_duplicates", "b.png", "cat"),
        ("exact_duplicates", "a.png", "dog"),
        ("exact_duplicates", "b.png", "cat"),
        ("suspects", "a.png", "dog"),
        ("unlabelled", "c.png", None),
    ]
    assert {one["verdict"] for one in listed} == {"accepted"}


@pytest.mark.parametrize("n", [0, 1, 64, 65, 1025, 20_000])
def test_items_are_written_in_lines_by_how_they_begin(n: int) -> None:
    keys = np.sort(np.random.default_rng(3).integers(0, 2**64, n, dtype=np.uint64))
    one = replace(baseline(), items=keys)
    text = to_text(one)
    coded = json.loads(text)["items"]
    assert sum(len(line) for line in coded.values()) <= 8 * n * 4 / 3 + 4 * len(coded)
    assert max(map(len, coded.values()), default=0) < 2500
    assert from_text(text, "").items.tolist() == keys.tolist()
    if n > 1000:  # one item more changes a line or two
        more = np.sort(np.append(keys, np.uint64(7 << 40)))
        after = to_text(replace(one, items=more)).splitlines()
        assert len(set(after) - set(text.splitlines())) == 1


def test_copies_that_share_a_path_are_counted() -> None:
    twice = [Item("a.png", 0, "cat", None)] * 2
    one = baseline(twice)
    assert [(entry.rule, entry.copies) for entry in one.entries] == [("exact_duplicates", 2)]
    assert '"copies": 2' in to_text(one)
    three = compared(found([*twice, twice[0]]), from_text(to_text(one), ""))
    assert sum(each.is_new for each in three.findings) == 1
    assert [len(compared(found(twice[:n]), one).stale) for n in (0, 1, 2)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: no JSON"),
        ("{\n 'format': 1}", "line 2, column 2: no JSON"),
        ("[]", "no baseline"),
        ("{}", "no baseline; it has no format"),
        ("null", "no baseline"),
        ('{"format": 2}', "format: expected 1, found 2"),
        ('{"format": "<script>\\u001b"}', r"found '<script>\\x1b'"),
        ("[" * 100_000, "no JSON that a baseline is"),
        ('{"format": ' + "9" * 5000 + "}", "no JSON that a baseline is"),
        ('{"format": 1}', "4 wrong"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, message: str) -> None:
    assert re.search(message, refused(text).message)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda d: d.update(extra=1), "'extra': no key of a baseline"),
        (lambda d: d["findings"][2].update(rul=1), "findings[2].'rul': no key of a baseline"),
        (lambda d: d["numbers"].update({"a.b": {"valu": 1}}), "numbers['a.b'].'valu': no key"),
        (lambda d: d["findings"][1].update(verdict="ok"), "findings[1].verdict: expected 'accept"),
        (lambda d: d["findings"][1].update(note=3), "findings[1].note: expected text, found 3"),
        (lambda d: d["findings"][1].update(copies=True), "findings[1].copies: expected an integer"),
        (lambda d: d["findings"][1].update(copies=0), "findings[1].copies: expected 1 or more"),
        (lambda d: d["findings"][1].pop("rule"), "findings[1].rule: missing"),
        (lambda d: d["findings"][0].update(content="ab"), "findings[0].content: expected a SHA-25"),
        (lambda d: d["findings"].append(3), "findings[6]: expected an object, found 3"),
        (
            lambda d: d["findings"].append(d["findings"][2]),
            "the same finding as line 1: findings[2]",
        ),
        (lambda d: d.update(findings={}), "findings: expected a list, found an object"),
        (lambda d: d.update(items=[]), "items: expected an object, found a list"),
        (lambda d: d["items"].update({"": "AAA"}), "items['']: expected items in base64"),
        (lambda d: d["items"].update({"": "A" * 12}), "items['']: expected items in base64"),
        (lambda d: d["items"].update({"0": "A" * 11 + "="}), "items: their keys are of several l"),
        (lambda d: d.update(items={"1": "A" * 11 + "="}), "items['1']: holds items that begin ot"),
        (lambda d: d.update(items={"é": "A" * 11 + "="}), r"items['\xe9']: expected items in ba"),
        (lambda d: d.update(schema_version="one"), "schema_version: expected major.minor"),
        (lambda d: d["settings"].update(task=[]), "settings['task']: expected"),
        (lambda d: d["numbers"].update(x=1), "numbers['x']: expected an object, found 1"),
        (lambda d: d.pop("tool_version"), "tool_version: missing"),
    ],
)
def test_each_thing_that_is_wrong_is_named(change: Any, wrong: str) -> None:  # noqa: ANN401
    error = refused(edited(change))
    assert any(wrong in detail for detail in error.details), error.details


def test_a_wrong_finding_is_named_by_its_line() -> None:
    lines = to_text(baseline()).splitlines()
    at = next(at for at, line in enumerate(lines) if '"unlabelled"' in line)
    lines[at] = lines[at].replace('"accepted"', '"okay"')
    (detail,) = refused("\n".join(lines)).details
    assert detail.startswith(f"line {at + 1}: findings[5].verdict: ")
    laid_out = json.dumps(json.loads("\n".join(lines)), indent=4)
    line = laid_out[: laid_out.index('"unlabelled"')].count("\n")  # of the brace before it
    assert refused(laid_out).details[0].startswith(f"line {line}: findings[5].verdict: ")
    first = next(at for at, line in enumerate(lines) if '"rule"' in line)
    twice = to_text(baseline()).splitlines()
    twice.insert(first, twice[first])
    (detail,) = refused("\n".join(twice)).details
    assert detail == (
        f"line {first + 2}: findings[1]: the same finding as line {first + 1}: findings[0]"
    )


def test_a_merge_that_left_conflicts_is_told_by_line() -> None:
    lines = to_text(baseline()).splitlines()
    lines[3:4] = ["<<<<<<< ours", lines[3], "=======", lines[3], ">>>>>>> theirs"]
    error = refused("\n".join(lines))
    assert "a merge left conflicts" in error.message
    assert error.details == ("line 4: <<<<<<<", "line 6: =======", "line 8: >>>>>>>")
    both = [line for line in lines if not line.startswith(("<", "=", ">"))]
    assert refused("\n".join(both)).details == ("'schema_version': lines 4, 5",)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: cannot be read: No such file"):
        read_baseline(tmp_path / "none.json")
    (tmp_path / "latin.json").write_bytes(b'{"\xe9')
    with pytest.raises(InputError, match=r"latin\.json: cannot be read: it is not UTF-8"):
        read_baseline(tmp_path / "latin.json")
    (tmp_path / "bom.json").write_text("\ufeff" + to_text(baseline()), encoding="utf-8")
    assert read_baseline(tmp_path / "bom.json").entries == baseline().entries


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 3))
def test_no_hostile_name_gets_out_of_the_file_or_the_words(start: int) -> None:
    one = found(ITEMS)
    hostile = replace(
        one,
        findings=tuple(
            replace(poisoned(each, start + at), fingerprint=each.fingerprint)
            for at, each in enumerate(one.findings)
        ),
    )
    text = to_text(updated_baseline(poisoned(report(), start), hostile))
    assert text.isascii()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", text)
    back = from_text(text, "")
    assert {entry.path for entry in back.entries} == {each.path for each in hostile.findings}
    told = compared(found([]), back)
    wrong = replace(back, entries=tuple(replace(each, verdict="wrong") for each in back.entries))
    again = compared(hostile, wrong)
    for line in (*told.stale, *again.stale, *again.still_wrong):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"model": "dinov2"}, "model: 'builtin', now 'dinov2'"),
        ({"sha256": "b" * 64}, f"model_sha256: '{'a' * 64}', now '{'b' * 64}'"),
        ({"random_state": 1}, "random_state: 0, now 1"),
        ({"embedding": None}, "model: 'builtin', now none"),
    ],
)
def test_a_baseline_that_was_made_in_another_way_is_refused(
    changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match="made in another way") as raised:
        refuse_drift(baseline(), report(**changed))
    assert told in raised.value.details
    assert "--allow-drift" in raised.value.hint
    refuse_drift(updated_baseline(report(**changed), found(ITEMS), baseline()), report(**changed))


@pytest.mark.parametrize(("version", "fits"), [("1.0", True), ("1.99", True), ("2.0", False)])
def test_a_baseline_of_another_major_schema_is_refused(version: str, *, fits: bool) -> None:
    one = replace(baseline(), schema_version=version)
    if fits:
        refuse_drift(one, report())
        return
    with pytest.raises(InputError, match="made in another way") as raised:
        refuse_drift(one, report())
    assert raised.value.details[0].startswith("schema_version: '2.0', now '1.")


def test_another_detector_is_drift_and_one_that_had_too_few_items_is_not() -> None:
    first = report()
    (noise,) = first.measures
    other = replace(noise, parameters={"label_filter": "both", "probabilities": "p.npy, sha256 1"})
    later = replace(other, parameters={**other.parameters, "probabilities": "p.npy, sha256 2"})
    of_other = updated_baseline(replace(first, measures=(other,)), found(ITEMS))
    with pytest.raises(InputError) as raised:
        refuse_drift(of_other, first)
    assert raised.value.details == (
        "label_filter: 'both', now 'adaptive'",
        "probabilities: 'p.npy', now 'made up'",
    )
    refuse_drift(of_other, replace(first, measures=(later,)))
    refuse_drift(of_other, replace(first, measures=(replace(noise, parameters={}),)))


def test_embeddings_of_the_users_own_may_have_more_rows() -> None:
    first = report(model="mine.npy")
    assert first.embedding is not None
    own = replace(first.embedding, preprocessing="the user's own")
    one = updated_baseline(replace(first, embedding=own), found(ITEMS))
    refuse_drift(one, replace(first, embedding=replace(own, model_sha256="c" * 64)))


def test_a_number_is_found_by_the_limit_on_its_rise() -> None:
    one = from_text(to_text(baseline()), "")
    value = one.value(Limit(measure="label_noise", value="model_estimated_error_rate"))
    assert value is not None
    assert (value.value, value.low, value.high, value.unit) == (0.123457, 0.1, 0.2, "share")
    assert one.value(Limit(measure="label_noise", value="another")) is None
    assert one.value(replace(Limit(measure="label_noise", value="x"), class_name="cat")) is None
    assert asdict(one.numbers["label_noise.model_estimated_error_rate"]) == asdict(
        Number(value=0.123457, unit="share", low=0.1, high=0.2)
    )


def test_as_many_copies_as_nobody_has_take_no_memory() -> None:
    one = baseline()
    many = replace(one, entries=tuple(replace(each, copies=2**62) for each in one.entries))
    told = compared(found(ITEMS), from_text(to_text(many), ""))
    assert not any(each.is_new for each in told.findings)
    assert len(told.stale) == len(one.entries)
