"""What a public or team report leaves out, and that nothing of it can be worked out again."""

import json
import re
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest
from hostile_files import CASES
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelaudit.errors import InputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures import load_measures
from labelaudit.measures.class_imbalance.class_imbalance import class_imbalance
from labelaudit.privacy import default_privacy, published, without_places
from labelaudit.privacy.columns import OF_ALL_CLASSES, OURS
from labelaudit.privacy.few import FEWEST, few_classes
from labelaudit.privacy.words import public_words, sentences
from labelaudit.render.json import to_json
from labelaudit.report import Column, MeasureResult, Privacy, Report, Scalar, Table, Value

full, audited, texts = (CASES[f"{name}.html"] for name in ("report", "audited", "texts"))
PACKAGE = Path(__file__).parents[1] / "labelaudit"


def counted(counts: dict[str, int]) -> Report:
    """Return a report of a dataset with so many items of each class."""
    table = Table(
        name="classes",
        title="Items by class",
        columns=(Column(name="class"), Column(name="count", unit="count")),
        rows=tuple(counts.items()),
    )
    result = MeasureResult(
        name="class_imbalance",
        family="class_imbalance",
        title="Class imbalance",
        summary="Counts.",
        status="measured",
        values=(
            Value(name="imbalance_ratio", title="Ratio", value=max(counts.values(), default=1)),
        ),
        tables=(table,),
    )
    report = full()
    dataset = replace(report.dataset, class_names=tuple(counts), n_items=sum(counts.values()))
    return replace(report, dataset=dataset, measures=(result,))


def with_table(
    columns: tuple[str, ...], *rows: tuple[Scalar, ...], measure: str = "label_noise"
) -> Report:
    """Return a report of four classes, two of them with few items, and a table of a measure."""
    report = counted({"big": 50, "large": 40, "small": 3, "tiny": 2})
    table = Table(
        name="table",
        title="A table: of slices",
        columns=tuple(
            Column(name=name, unit="count" if name == "count" else "") for name in columns
        ),
        rows=rows,
    )
    result = replace(report.measures[0], name=measure, tables=(table,), values=())
    return replace(report, measures=(*report.measures, result))


def table_of(report: Report) -> Table:
    return published(report, "public").measures[-1].tables[0]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=4), st.integers(0, 40), min_size=1, max_size=12
    )
)
def test_no_count_of_a_small_class_follows_from_what_is_left(counts: dict[str, int]) -> None:
    report = counted(counts)
    few = few_classes(report)
    assert {name for name in counts if counts[name] < FEWEST} <= few
    held = [counts[name] for name in few if counts[name]]
    everything = len(few) == len(counts)
    assert not held or everything or (len(held) >= 2 and sum(held) >= FEWEST)
    written = published(report, "public")
    named = {str(row[0]): row[1] for row in written.measures[0].tables[0].rows}
    assert not few & named.keys()
    assert {name: counts[name] for name in counts if name not in few}.items() <= named.items()
    assert len(written.dataset.class_names) == len(counts)


@pytest.mark.parametrize(
    ("counts", "n_few"),
    [((9, 9, 40, 50), 3), ((9, 8, 40, 50), 3), ((9, 7, 40, 50), 2), ((1,) * 10 + (40, 50), 11)],
)
def test_no_count_follows_from_how_many_items_a_small_class_may_have(
    counts: tuple[int, ...], n_few: int
) -> None:
    report = counted({f"class {at}": count for at, count in enumerate(counts)})
    assert len(few_classes(report)) == n_few


@settings(deadline=None)
@given(
    st.lists(st.integers(20, 60), min_size=1, max_size=3),
    st.lists(st.integers(1, 9), min_size=2, max_size=5),
    st.data(),
)
def test_no_number_tells_which_counts_the_small_classes_have(
    large: list[int], small: list[int], data: st.DataObject
) -> None:
    others = data.draw(st.sampled_from(partitions(sum(small), len(small))))
    reports = [imbalance_of([*large, *counts]) for counts in (small, others)]
    few = [few_classes(report) for report in reports]
    assume(len(few[0]) == len(few[1]) == len(small))
    written = [published(report, "public").measures for report in reports]
    assert written[0] == written[1]


def partitions(total: int, parts: int) -> list[tuple[int, ...]]:
    """Return all ways in which classes of 1 to 9 items have so many together."""
    ways = combinations_with_replacement(range(1, FEWEST), parts)
    return [way for way in ways if sum(way) == total]


def imbalance_of(counts: list[int]) -> Report:
    """Return a report of what is measured of the balance of classes of so many items."""
    names = tuple(f"class {at}" for at in range(len(counts)))
    labels = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    found = class_imbalance(labels, names, Splits((), np.full(len(labels), -1, dtype=np.int32)))
    report = counted(dict(zip(names, counts, strict=True)))
    result = replace(
        report.measures[0], values=found.values, tables=found.tables, notes=found.notes
    )
    return replace(report, measures=(result,))


def test_what_is_left_out_beside_small_classes_is_still_measured() -> None:
    source = " ".join(
        file.read_text(encoding="utf-8")
        for folder in ("measures", "statistics")
        for file in (PACKAGE / folder).rglob("*.py")
    )
    names = {name for found in OF_ALL_CLASSES.values() for name in found}
    names |= {name for key in OF_ALL_CLASSES for name in key if name}
    stems = {re.sub("_at_.*|_ratio$|_p_value$", "", name) for name in names}
    assert not {name for name in stems if name not in source}


def test_classes_that_nobody_counted_are_not_named() -> None:
    report = counted({"a": 90, "b": 80})
    unknown = replace(report.dataset, class_names=("a", "b", "never counted"))
    assert few_classes(replace(report, dataset=unknown)) == {"never counted"}
    assert few_classes(replace(report, measures=())) == {"a", "b"}


def test_rows_of_small_classes_become_one_row_of_sums() -> None:
    report = with_table(
        ("class", "count", "share"),
        ("big", 5, 0.5),
        ("large", 4, 0.3),  # without it, the two others have fewer than 10 items together
        ("small", 2, 0.1),
        ("tiny", 1, 0.2),
    )
    table = table_of(report)
    assert table.rows[0] == ("big", 5, 0.5)
    assert table.rows[1:] == (("3 classes not named", 7, None),)
    assert table.omitted == 0


def test_some_of_the_small_classes_are_not_summed_beside_a_sum_of_all() -> None:
    report = with_table(("class", "count"), ("big", 5), ("large", 4), ("small", 2))
    assert (table_of(report).rows, table_of(report).omitted) == ((("big", 5),), 2)


def test_pairs_with_a_small_class_are_left_out_and_counted() -> None:
    report = with_table(("given", "suggested", "count"), ("big", "tiny", 3), ("tiny", "big", 1))
    assert (table_of(report).rows, table_of(report).omitted) == ((), 2)


def test_the_ratio_to_the_smallest_class_is_left_out_only_where_that_is_hidden() -> None:
    hidden = published(counted({"a": 90, "b": 20, "c": 3}), "public").measures[0].values[0]
    shown = published(counted({"a": 90, "b": 20, "c": 30}), "public").measures[0].values[0]
    assert (hidden.value, shown.value) == (None, 90)


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (("path", "count"), ("a.png", 1)),
        (("hospital", "count"), ("St Mary", 1)),
        (("class", "note"), ("big", "of patient 7")),
        (("St Mary", "count"), (1, 2)),
        (("from_item", "to_item"), (1, 7)),
        (("x", "y"), (0.5, 0.25)),
    ],
)
def test_a_table_with_a_column_that_nobody_declared_loses_its_rows(
    columns: tuple[str, ...], row: tuple[Scalar, ...]
) -> None:
    table = table_of(with_table(columns, row, row))
    assert (table.rows, table.omitted) == ((), 2)
    assert [column.name for column in table.columns] == ["left_out"]


def test_a_table_of_somebody_elses_measure_loses_its_rows() -> None:
    table = table_of(with_table(("class", "st_mary"), ("big", 5), ("large", 4), measure="theirs"))
    assert (table.rows, table.omitted) == ((), 2)


def test_the_measures_that_are_ours_are_those_that_there_are() -> None:
    assert set(load_measures()) == OURS


@pytest.mark.parametrize("cut", ["ward", "cluster", "group"])
def test_slices_of_metadata_are_left_out(cut: str) -> None:
    rows: tuple[tuple[Scalar, ...], ...] = (
        (cut, "big", 9),
        ("class", "big", 9),
        ("split", "train", 9),
    )
    report = with_table(("cut_by", "slice", "count"), *rows, measure="worst_slices")
    assert table_of(report).rows == rows[1:]


def test_annotators_have_numbers_in_the_order_of_the_table() -> None:
    report = with_table(("annotator", "other", "kappa"), ("Zoe", "Adam", 0.5), ("Adam", "Eve", 0.4))
    assert table_of(report).rows == (
        ("annotator 1", "annotator 2", 0.5),
        ("annotator 2", "annotator 3", 0.4),
    )


def test_words_stop_where_a_name_may_stand() -> None:
    said = "1 of 10 classes with fewer than 20 items: nine"
    assert public_words(said) == "1 of 10 classes with fewer than 20 items"
    assert public_words("Of 'test' and 'train'.") == ""
    assert public_words("patient 7 was here") == ""
    assert public_words("7") == ""
    whole = "exact: all that is known was counted"
    assert public_words(whole) == whole
    kept = "Mistakes of the model and of the labels together."
    assert public_words(kept) == kept


def test_every_listed_sentence_is_still_written_somewhere() -> None:
    folders = ("measures", "inputs", "statistics", "reading", "manifests", "embeddings")
    files = [file for folder in folders for file in (PACKAGE / folder).rglob("*.py")]
    files += [PACKAGE / name for name in ("report.py", "scan.py", "open_items.py")]
    source = " ".join(file.read_text(encoding="utf-8") for file in files)
    source = " ".join(re.sub(r'"\s*f?"', "", source).split())
    absent = {line for line in sentences() if not any(run in source for run in runs(line))}
    assert not absent


def runs(line: str) -> list[str]:
    """Return some words in turn between the numbers of a sentence: three, or two where few."""
    parts = [part.strip(" ,()[]%").split() for part in line.split("#")]
    most = max(map(len, parts))
    size = 3 if most > 3 else min(2, most)
    return [
        " ".join(words[at : at + size]) for words in parts for at in range(len(words) - size + 1)
    ]


def test_a_team_report_has_no_picture_text_or_words_of_an_error() -> None:
    for make in (audited, texts):
        report = make()
        failed = replace(report.measures[-1], status="failed", reason="ValueError: of 'dear diary'")
        team = published(replace(report, measures=(*report.measures[:-1], failed)), "team")
        samples = [each for result in team.measures for g in result.galleries for each in g.samples]
        assert samples
        assert all(each.thumbnail is None and each.excerpt is None for each in samples)
        assert not any(each.thumbnail for sample in samples for each in sample.neighbors)
        assert team.thumbnails == {}
        assert team.measures[-1].reason.startswith("ValueError: its words are left out")
        assert "diary" not in to_json(team)


@pytest.mark.parametrize("asked", ["public", "team", "full"])
@pytest.mark.parametrize("level", ["public", "team", "full"])
def test_a_report_can_be_closed_but_never_opened(level: Privacy, asked: Privacy) -> None:
    levels = ("public", "team", "full")
    report = published(full(), level)
    if levels.index(asked) > levels.index(level):
        with pytest.raises(InputError, match=f"the report is {level}, and cannot become {asked}"):
            published(report, asked)
    else:
        assert published(report, asked).privacy == asked


def test_closing_twice_is_closing_once() -> None:
    for make in (full, audited, texts):
        once = published(make(), "public")
        assert published(published(make(), "team"), "public") == once
        assert published(once, "public") is once
        assert json.loads(to_json(once))["privacy"] == "public"


def test_texts_are_for_the_team_unless_asked() -> None:
    assert (default_privacy("text"), default_privacy("image")) == ("team", "full")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("No such file: '/home/me/My data/a b.png'", "No such file: 'a b.png'"),
        ("cannot read /srv/x/y.npy: bad", "cannot read y.npy: bad"),
        ("C:\\Users\\me\\x.png and \\\\server\\share\\y", "x.png and y"),
        ("file:///tmp/z/q.csv, and ~/kept/k", "q.csv, and k"),
        ("train/cat/1.png is 1/2 of and/or", "train/cat/1.png is 1/2 of and/or"),
        ("see https://example.org/x/y", "see https://example.org/x/y"),
    ],
)
def test_words_name_no_place(words: str, said: str) -> None:
    assert without_places(words) == said


def test_words_do_not_name_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert without_places(f"no {folder / 'data' / 'x.csv'} is in {folder}") == "no x.csv is in "
