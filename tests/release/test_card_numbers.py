"""What a card's front matter says otherwise than the report is told, and nothing else."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.privacy import published
from labelaudit.release.card.cross_check import differences, first_front_matter
from labelaudit.report import DatasetFacts, Report

sys.path.append(str(Path(__file__).parents[1] / "render"))
from reports import full, multilabel

DECADES = [*(10**power for power in range(3, 13))]


def of(card: object, report: Report | None = None) -> tuple[str, ...]:
    return differences(json.dumps(card), report or full())


def facts(report: Report | None = None) -> DatasetFacts:
    return (report or full()).dataset


def with_items(n: int) -> Report:
    return replace(full(), dataset=replace(facts(), n_items=n))


def info(splits: dict[str, int] | None = None, classes: list[str] | None = None) -> object:
    counts = facts().splits if splits is None else splits
    names = list(facts().class_names) if classes is None else classes
    return {
        "features": [
            {"name": "image", "dtype": "image"},
            {
                "name": "label",
                "dtype": {"class_label": {"names": {str(i): n for i, n in enumerate(names)}}},
            },
        ],
        "splits": [{"name": s, "num_bytes": 1, "num_examples": n} for s, n in counts.items()],
    }


def test_a_card_that_agrees_or_says_nothing_has_no_differences() -> None:
    assert of({}) == differences("", full()) == of({"license": "mit"}) == ()
    card = {
        "size_categories": ["1K<n<10K"],
        "task_ids": ["multi-class-image-classification"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": s, "path": "x"} for s in facts().splits],
            }
        ],
        "dataset_info": info(),
    }
    assert of(card) == ()
    assert of({"dataset_info": [info()]}) == ()


@given(st.integers(0, 10**14))
def test_the_category_of_a_card_that_labelaudit_made_holds_its_items(n: int) -> None:
    said = first_front_matter(with_items(n)).split("---")[1]
    assert differences(said, with_items(n)) == ()


@given(st.integers(0, 10**13), st.sampled_from(DECADES))
def test_sizes_are_held_against_the_number_of_items(n: int, step: int) -> None:
    names = {10**3: "1K", 10**4: "10K", 10**5: "100K", 10**6: "1M", 10**7: "10M"}
    names |= {10**8: "100M", 10**9: "1B", 10**10: "10B", 10**11: "100B", 10**12: "1T"}
    below = f"{names[step // 10]}<n<{names[step]}" if step > 1000 else "n<1K"
    lowest = step // 10 if step > 1000 else 0
    assert (of({"size_categories": [below]}, with_items(n)) == ()) == (lowest <= n <= step)
    assert (of({"size_categories": ["n>1T"]}, with_items(n)) == ()) == (n >= 10**12)


@pytest.mark.parametrize("said", ["big", "unknown", "n", "<n<", "1K<n<10Q", "", ["a", "b"]])
def test_a_size_that_is_none_is_told(said: object) -> None:
    told = of({"size_categories": said})
    assert len(told) == bool(said)
    assert all(each.startswith("size_categories: ") for each in told)


def test_one_of_several_sizes_is_enough() -> None:
    assert of({"size_categories": ["n<1K", "1K<n<10K"]}) == ()
    [told] = of({"size_categories": ["n<1K", "10K<n<100K"]})
    assert told == (
        f"size_categories: n<1K, 10K<n<100K; the report has {facts().n_items:,} items, 1K<n<10K"
    )


def test_numbers_of_examples_are_compared_by_split_under_its_usual_name() -> None:
    splits = dict(facts().splits)
    assert of({"dataset_info": info(splits)}) == ()
    name, *_ = splits
    [told] = of({"dataset_info": info({**splits, name: 7})})
    assert told == f"dataset_info: 7 examples of split {name}; the report has {splits[name]:,}"
    [told] = of({"dataset_info": info({**splits, "extra": 3})})
    assert told == "dataset_info: 3 examples of split extra; the report has no such split"
    fewer = {each: n for each, n in splits.items() if each != name}
    [told] = of({"dataset_info": info(fewer)})
    assert told == (
        f"dataset_info: no number of examples of split {name}; the report has {splits[name]:,}"
    )
    usual = replace(full(), dataset=replace(facts(), splits={"validation": 5}))
    assert of({"dataset_info": {"splits": [{"name": "dev", "num_examples": 5}]}}, usual) == ()


def test_of_a_dataset_without_splits_the_total_is_compared() -> None:
    report = replace(full(), dataset=replace(facts(), splits={}, n_items=12))
    two = {"splits": [{"name": "a", "num_examples": 5}, {"name": "b", "num_examples": 7}]}
    assert of({"dataset_info": two}, report) == ()
    two["splits"][0]["num_examples"] = 6
    assert of({"dataset_info": two}, report) == ("dataset_info: 13 examples; the report has 12",)


def test_class_names_are_compared_as_a_set() -> None:
    names = list(facts().class_names)
    assert of({"dataset_info": info(classes=names[::-1])}) == ()
    missing, extra = of({"dataset_info": info(classes=[*names[1:], "unicorn"])})
    assert missing == f"dataset_info: no {names[0]!r} among its classes, as in the report"
    assert extra == "dataset_info: 'unicorn' among its classes; the report has no such class"


def test_a_second_feature_or_configuration_may_be_the_one_that_agrees() -> None:
    other = {"features": [{"name": "camera", "dtype": {"class_label": {"names": ["x", "y"]}}}]}
    agrees = info()
    assert of({"dataset_info": [other, agrees]}) == ()
    told = of({"dataset_info": [other, other]})
    assert all("nor does any other of 2 agree" in each for each in told)
    listed = {"dtype": {"sequence": {"class_label": {"names": list(facts().class_names)}}}}
    assert of({"dataset_info": {"features": [listed]}}) == ()


def test_a_public_report_hides_names_that_a_card_may_have() -> None:
    report = published(replace(full(), measures=()), "public")  # no class is known to have 10 items
    assert not set(facts().class_names) <= set(report.dataset.class_names)
    assert of({"dataset_info": info()}, report) == ()
    few = info(classes=list(facts().class_names)[:-1])
    assert len(of({"dataset_info": few}, report)) == 1


def test_the_kind_of_labels_is_compared() -> None:
    single, several = "multi-class-image-classification", "multi-label-image-classification"
    assert of({"task_ids": [several]}, multilabel()) == of({"task_ids": [single]}) == ()
    [told] = of({"task_ids": [single]}, multilabel())
    assert told == f"task_ids: {single}; the labels of the report are multi-label"
    assert len(of({"task_ids": [several]})) == 1
    assert of({"task_ids": [several, single]}) == of({"task_ids": ["other"]}) == ()


def test_the_splits_of_configurations_are_compared() -> None:
    known = sorted(facts().splits)
    config = {"data_files": [{"split": known[0], "path": "a"}]}
    [told] = of({"configs": [config]})
    assert told == f"configs: the splits {known[0]}; the report has {', '.join(known)}"
    assert of({"configs": [{"data_files": "data/*.csv"}]}) == ()


@pytest.mark.parametrize("broken", ["a: [", "a: &x 1\nb: *x", "- " * 40, "\ta: 1"])
def test_yaml_that_cannot_be_read_is_told(broken: str) -> None:
    [told] = differences(broken, full())
    assert told.startswith("the YAML on top ")
    assert told.endswith("nothing in it was compared")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
KEYS = ("size_categories", "task_ids", "configs", "dataset_info")


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON)
    | st.fixed_dictionaries(
        {
            "dataset_info": st.fixed_dictionaries({"splits": JSON, "features": JSON}),
            "configs": st.lists(st.fixed_dictionaries({"data_files": JSON})),
        }
    )
)
def test_whatever_a_front_matter_holds_it_is_compared(card: object) -> None:
    assert all(isinstance(each, str) for each in differences(json.dumps(card), full()))
