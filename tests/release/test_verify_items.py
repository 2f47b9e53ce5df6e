import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

from attacks import PAYLOADS
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.cli.verify import in_words
from labelaudit.release.verify.items import NO_BYTES, Item, changes
from labelaudit.release.verify.numbers import numbers_that_differ
from labelaudit.release.verify.outcome import HEADINGS, Difference, Found, together
from labelaudit.render.json import from_json
from labelaudit.render.text import INVISIBLE
from labelaudit.report import Column, Report, Scalar, Table

GOLDEN = Path(__file__).parents[1] / "render" / "golden" / "full" / "report.json"

ITEMS = st.lists(
    st.builds(
        Item,
        st.sampled_from(["a", "b", "c/a", "c/d"]),
        st.sampled_from(["1" * 64, "2" * 64, NO_BYTES]),
        st.sampled_from([None, "cat", "dog", ("cat", "dog"), ()]),
        st.sampled_from([None, "train", "test"]),
    ),
    max_size=7,
)


@given(ITEMS, st.integers())
def test_items_in_another_order_are_the_same(items: list[Item], seed: int) -> None:
    other = list(items)
    random.Random(seed).shuffle(other)  # noqa: S311 - an order, no secret
    assert not list(changes(items, other))


@given(ITEMS, ITEMS)
def test_every_item_that_differs_is_named(before: list[Item], now: list[Item]) -> None:
    found = list(changes(before, now))
    old = Counter(before) - Counter(now)
    new = Counter(now) - Counter(before)
    assert bool(found) == bool(old or new)
    named = {each.name for each in found}
    named |= {each.said.removeprefix("now ") for each in found if each.kind == "renamed"}
    assert {item.path for item in (*old, *new)} == named


@given(ITEMS, ITEMS)
def test_missing_less_added_is_what_there_is_fewer(before: list[Item], now: list[Item]) -> None:
    kinds = Counter(
        each.kind for each in changes(before, now) if each.said != "its file is not there"
    )
    assert kinds["missing"] - kinds["added"] == len(before) - len(now)


@given(ITEMS)
def test_one_change_is_one_difference(items: list[Item]) -> None:
    item = Item("own", "3" * 64, "cat", "train")
    for kind, other in {
        "bytes": item._replace(content="4" * 64),
        "label": item._replace(label="dog"),
        "split": item._replace(split="test"),
        "renamed": item._replace(path="other"),
        "missing": item._replace(content=NO_BYTES),
    }.items():
        (found,) = changes([*items, item], [*items, other])
        assert (found.kind, found.name) == (kind, "own")
    (found,) = changes([*items, item], items)
    assert (found.kind, found.name) == ("missing", "own")
    (found,) = changes(items, [*items, item])
    assert (found.kind, found.name) == ("added", "own")


def test_a_report_differs_in_no_number_from_itself_and_in_each_that_is_edited() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    report = from_json(text)
    assert not list(numbers_that_differ(report, report))
    n_edited = 0
    for result in report.measures:
        for at, value in enumerate(result.values):
            if value.value is None:
                continue
            values = list(result.values)
            values[at] = replace(value, value=value.value * 1.001 + 1)
            edited = replace(result, values=tuple(values))
            measures = tuple(edited if each is result else each for each in report.measures)
            (found,) = numbers_that_differ(replace(report, measures=measures), report)
            assert found.name == f"measures/{result.name}/values/{value.name}"
            n_edited += 1
    assert n_edited > 10


def test_a_cell_is_named_by_its_row_wherever_that_stands() -> None:
    columns = Column(name="class"), Column(name="count", unit="count")
    rows = ("cat", 3), ("dog", 2), ("cat", 1)

    def report(*cells: tuple[Scalar, ...]) -> Report:
        table = Table(name="classes", title="Classes", columns=columns, rows=cells)
        whole = from_json(GOLDEN.read_text(encoding="utf-8"))
        return replace(whole, measures=(replace(whole.measures[0], tables=(table,)),))

    at = f"measures/{report().measures[0].name}/tables/classes"
    assert not list(numbers_that_differ(report(*rows), report(rows[1], rows[0], rows[2])))
    (found,) = numbers_that_differ(report(*rows), report(("dog", 5), rows[0], rows[2]))
    assert found.name == f"{at}/dog/count"
    assert found.said == "the report says 2, the data gives 5"
    shorter = [each.name for each in numbers_that_differ(report(rows[0]), report(*rows[:2]))]
    assert shorter == [f"{at}/rows", f"{at}/dog"]


def test_nothing_that_a_name_holds_moves_the_cursor_or_commands_a_runner() -> None:
    differences = tuple(
        Difference(kind, payload, payload)
        for kind in HEADINGS
        for payload in ("::error::" + PAYLOADS[0], *PAYLOADS)
    )
    found = together([Found(PAYLOADS, PAYLOADS, differences)])
    words = in_words(found, quiet=False)
    lines = words.split("\n")
    assert not INVISIBLE.search("".join(lines))
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    assert len(lines) == 2 * len(PAYLOADS) + len(HEADINGS) * 22 + 1
