"""Galleries: which items are seen at once, as what, and what is said of the others."""

from dataclasses import replace
from itertools import chain
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import articles, words
from reports import THUMBNAILS, audited, full, texts

from labelaudit.render.galleries import Runs, beside, detail_of, opened, shortened
from labelaudit.render.html import to_html
from labelaudit.report import Gallery, Neighbor, Report, Sample

RUNS = st.lists(st.integers(1, 40), max_size=12).map(
    lambda sizes: [
        [Sample(path=f"{group}/{at}", group=group) for at in range(size)]
        for group, size in enumerate(sizes)
    ]
)


def with_suspects(samples: tuple[Sample, ...], *, omitted: int = 0, report: Report) -> Report:
    """Return a report of which the suspects are these."""
    noise, *others = report.measures
    gallery = Gallery(name="suspects", title="Suspects", samples=samples, omitted=omitted)
    return replace(report, measures=(replace(noise, galleries=(gallery,)), *others))


def suspects(report: Report) -> Element:
    """Return the gallery of suspects on the page of a report."""
    article = articles(to_html(report))["label_noise"]
    return next(node for node in article.iter() if node.get("data-gallery") == "suspects")


def pictures(n: int) -> tuple[Sample, ...]:
    return tuple(
        Sample(path=f"{at}.jpg", given_label="cat", suggested_label="dog", thumbnail=f"t{at % 4}")
        for at in range(n)
    )


@given(RUNS, st.integers(1, 30))
def test_no_sample_is_lost_and_no_more_are_seen_than_may_be(runs: Runs, most: int) -> None:
    first, others = opened(runs, most)
    assert list(chain(*first, *others)) == list(chain(*runs))
    assert sum(map(len, first)) <= most
    assert bool(first) == bool(runs)
    whole = [run for run in first if run in runs]
    assert whole == first or len(runs[0]) > most


def test_more_than_24_suspects_are_folded() -> None:
    shown = suspects(with_suspects(pictures(60), omitted=7, report=full()))
    [folded] = [node for node in shown.iter("details") if "more" in node.get("class", "")]
    inside, everywhere = (len(list(node.iter("li"))) for node in (folded, shown))
    assert everywhere - inside == 24
    assert inside == 36
    assert words(folded).startswith("36 more items")
    assert "7 more items in issues.parquet." in words(shown)


def test_a_picture_is_described_by_path_and_labels() -> None:
    shown = suspects(with_suspects(pictures(1), report=full()))
    [image] = shown.iter("img")
    assert image.get("alt") == "0.jpg: given cat, suggested dog"
    assert (image.get("width"), image.get("height")) == ("96", "96")
    assert image.get("decoding") == "async"
    assert [words(name) for name in shown.iter("bdi")][:2] == ["cat", "dog"]


def test_neighbors_are_shown_with_their_labels_the_most_frequent_first() -> None:
    near = [Neighbor(path=f"{at}.jpg", given_label=label) for at, label in enumerate("abb")]
    assert beside(Sample(path="x", neighbors=tuple(near))) == "2 b, 1 a"
    unlabelled = Sample(path="x", neighbors=(Neighbor(path="y"),))
    assert beside(unlabelled) == "1 unlabelled"
    shown = suspects(audited())
    cards = [words(card) for card in shown.iter("li")]
    assert all("beside 3 badger" in card for card in cards)
    alternatives = {image.get("alt") for image in shown.iter("img")}
    assert "train/badger/1.jpg, badger" in alternatives


def test_items_without_picture_or_text_are_rows_of_what_is_known_of_them() -> None:
    near = (Neighbor(path="row/2", given_label="dog"), Neighbor(path="row/3", given_label="dog"))
    samples = tuple(
        Sample(path=f"row/{at}", given_label="cat", suggested_label="dog", neighbors=near)
        for at in range(70)
    )
    shown = suspects(replace(with_suspects(samples, report=full()), thumbnails={}))
    heads = [words(head) for head in shown.iter("th") if head.get("scope") == "col"]
    assert heads == ["Path", "Given label", "Suggested label", "Beside"]
    rows = [[words(cell) for cell in row] for row in shown.iter("tr")][1:]
    assert rows[0] == ["row/0", "cat", "dog", "2 dog"]
    assert len(rows) == 50
    assert "20 more rows in report.json." in words(shown)


def test_a_text_is_shown_as_it_begins_and_without_it_by_its_name() -> None:
    shown = suspects(texts())
    [folded, *_] = [node for node in shown.iter("details") if "more" in node.get("class", "")]
    assert len(list(shown.iter("blockquote"))) - len(list(folded.iter("blockquote"))) == 12
    report = texts()
    noise = report.measures[0]
    silent = tuple(replace(sample, excerpt=None) for sample in noise.galleries[0].samples)
    shown = suspects(with_suspects(silent, report=report))
    assert not list(shown.iter("blockquote"))
    assert "row/00000000" in words(shown)


@pytest.mark.parametrize(("omitted", "said"), [(9, "9 items, not listed"), (0, "None.")])
def test_a_gallery_without_samples_says_why(omitted: int, said: str) -> None:
    assert said in words(suspects(with_suspects((), omitted=omitted, report=full())))


def test_groups_stand_side_by_side() -> None:
    article = articles(to_html(full()))["near_duplicates"]
    groups = [node for node in article.iter("div") if node.get("class") == "groups"]
    assert [len(list(group.iter("li"))) for group in groups[0].iter("ul")] == [2, 2, 2]
    assert len(THUMBNAILS) == 4


@given(
    st.lists(st.sampled_from(["cat", "dog", "a b", "cats", "9", " of ", "كلب", ", "]), max_size=8)
)
def test_labels_within_the_evidence_are_kept_apart_and_nothing_is_lost(words_of: list[str]) -> None:
    near = (Neighbor(path="y", given_label="كلب"),)
    sample = Sample(
        path="x", given_label="cat", suggested_label="a b", neighbors=near, detail="".join(words_of)
    )
    parts = detail_of(sample)
    assert "".join(part for part, _ in parts) == sample.detail
    assert {part for part, is_label in parts if is_label} <= {"cat", "a b", "كلب"}


def test_a_label_is_no_part_of_another_word() -> None:
    sample = Sample(path="x", given_label="cat", detail="of 9 cats 2 are cat, 1 cat")
    parts = [("of 9 cats 2 are ", False), ("cat", True), (", 1 ", False), ("cat", True)]
    assert detail_of(sample) == parts
    assert detail_of(Sample(path="x", detail="so it is")) == [("so it is", False)]


@given(st.text(max_size=200))
def test_a_long_label_keeps_both_its_ends(label: str) -> None:
    short = shortened(label)
    assert len(short) <= 80
    assert short == label or (len(label) > 80 and label.startswith(short[:44]))
    assert label.endswith(short[-24:])
