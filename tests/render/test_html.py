import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import (
    ANIMALS,
    CASES,
    HOSTILE,
    THUMBNAILS,
    audited,
    full,
    hostile,
    multilabel,
    nothing_measured,
)

from labelaudit.errors import InputError
from labelaudit.limits import judged
from labelaudit.render.html import to_html
from labelaudit.render.markdown.summary import to_summary
from labelaudit.render.templates import SHIPPED
from labelaudit.render.text import number
from labelaudit.report import (
    Column,
    Gallery,
    MeasureResult,
    Report,
    Sample,
    Table,
    Value,
)

TEMPLATES = next(folder for folder in SHIPPED if folder.is_dir())


def parsed(page: str) -> Element:
    root: Element = html5lib.parse(page, namespaceHTMLElements=False)
    return root


def elements(page: str) -> Iterator[Element]:
    for node in parsed(page).iter():
        node.tag = node.tag.rpartition("}")[2]  # those of SVG come with its namespace
        yield node


def words(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


@pytest.fixture(scope="module", params=CASES)
def page(request: pytest.FixtureRequest) -> str:
    return to_html(CASES[request.param]())


def test_nothing_in_the_page_is_live_but_its_own_script(page: str) -> None:
    scripts = 0
    for node in elements(page):
        scripts += node.tag == "script"
        assert node.tag not in {
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "link",
            "foreignObject",
        }
        assert not [name for name in node.attrib if name.lower().startswith("on")]
        assert "style" not in node.attrib
        assert re.fullmatch(r"#.*|https://.*", node.get("href", "#"), re.DOTALL)
        assert node.get("src", "data:image/webp;base64,").startswith("data:image/webp;base64,")
    assert scripts == 1


def test_the_policy_allows_this_style_and_this_script_only(page: str) -> None:
    head = next(node for node in elements(page) if node.tag == "head")
    first = head[0]
    assert first.get("http-equiv") == "Content-Security-Policy"
    hashes = {
        kind: base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        for kind, source in re.findall(r"<(style|script)>(.*?)</\1>", page, re.DOTALL)
    }
    assert first.get("content") == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes['style']}'; "
        f"script-src 'sha256-{hashes['script']}'; base-uri 'none'; form-action 'none'"
    )


def test_the_page_can_be_read_by_everyone(page: str) -> None:
    nodes = list(elements(page))
    assert nodes[0].tag == "html"
    assert nodes[0].get("lang") == "en"
    assert sum(node.tag == "h1" for node in nodes) == 1
    assert all(node.get("alt") for node in nodes if node.tag == "img")
    assert all(node.get("scope") for node in nodes if node.tag == "th")
    levels = [int(node.tag[1]) for node in nodes if re.fullmatch("h[1-6]", str(node.tag))]
    below = levels[levels.index(1) :]
    assert all(after <= before + 1 for before, after in pairwise(below))


def test_every_link_leads_to_a_place_on_the_page_or_to_a_website(page: str) -> None:
    places = {f"#{node.get('id')}" for node in elements(page)}
    links = {node.get("href", "") for node in elements(page) if node.tag == "a"}
    assert {link for link in links if not link.startswith("https://")} <= places
    assert "#limits" in links


def test_the_hostile_page_shows_what_it_was_given() -> None:
    shown = words(parsed(to_html(hostile())))
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[6], "cat[U+202E]gpj.exe"):
        assert name in shown
    assert "{{ 7 * 7 }}" in shown
    assert "49" not in re.findall(r"\b49\b", shown)
    assert "[U+D800] lone" in shown


def test_no_character_that_does_not_show_is_in_the_page() -> None:
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", to_html(hostile())
    )


def test_measures_come_by_family_the_audit_first_and_those_without_a_result_last() -> None:
    report = audited()
    skill = replace(report.measures[1], name="detector_skill", title="Detector skill")
    sharpness = replace(report.measures[3], name="a_sharpness", status="not_measured")
    report = replace(report, measures=(skill, sharpness, *report.measures))
    articles = [node.get("id") or "" for node in elements(to_html(report)) if node.tag == "article"]
    assert sorted(articles) == sorted(result.name for result in report.measures)
    assert articles[:3] == ["audited_labels", "label_noise", "detector_skill"]
    family = [result.name for result in report.measures if result.family == sharpness.family]
    assert [name for name in articles if name in family][-1] == "a_sharpness"


def by_id(page: str, name: str) -> Element:
    [found] = [node for node in elements(page) if node.get("id") == name]
    return found


def test_the_page_begins_with_a_verdict_and_what_it_comes_to() -> None:
    shown = words(by_id(to_html(full()), "facts"))
    assert "FAIL" in shown
    assert "About 1 in 24 labels may be wrong, as a model estimates" in shown
    assert "3 equal files have different labels; 4 items cannot be read." in shown
    assert "9 limits: 2 not kept, 1 to check, 4 kept, 2 not measured" in shown


def test_an_alert_says_what_where_how_sure_and_what_to_do() -> None:
    first, *_, third = (
        node
        for node in by_id(to_html(full()), "alerts").iter("li")
        if "alert" in node.get("class", "")
    )
    assert words(first).startswith("FAIL 3 equal files have different labels limit 0")
    assert "How sure counted, exact" in words(first)
    assert "What to do Decide which label is right" in words(first)
    assert [words(node) for node in first.iter("code")] == [
        "issues.csv",
        "contradictory_duplicates",
    ]
    assert third.get("class") == "alert note"


def test_what_is_not_measured_and_every_note_are_listed_beside_the_alerts() -> None:
    shown = words(by_id(to_html(full()), "alerts"))
    assert "badger and ferret overlap" in shown
    assert "2 of 8 measures have no result" in shown
    shown = words(by_id(to_html(nothing_measured()), "alerts"))
    assert "could not be computed: MemoryError: 12 GB were asked for" in shown


def test_each_number_of_an_alert_or_limit_is_the_field_that_it_names() -> None:
    report = full()
    page = to_html(report)
    named = [
        node
        for place in ("alerts", "limits")
        for node in by_id(page, place).iter()
        if node.get("data-value")
    ]
    assert len(named) > len(judged(report))
    for node in named:
        measure, _, name = node.get("data-value", "").partition(".")
        found = report.value(measure, name)
        assert found is not None
        assert number(found.value, found.unit) in words(node)


def test_all_classes_are_in_one_table_with_what_measures_know_of_them() -> None:
    section = by_id(to_html(full()), "classes")
    heads = [node.get("data-source") for node in section.iter("th") if node.get("data-source")]
    assert heads == [
        "class_imbalance.classes.count",
        "label_noise.per_class.suspected",
        "label_noise.per_class.expected_error_share",
    ]
    rows = [[words(cell) for cell in row] for row in section.iter("tr")][1:]
    assert rows[0] == ["badger", "1,310", "62", "4.26%"]
    assert sorted(row[0] for row in rows) == sorted((*ANIMALS, "ibex"))


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("rate", "those with the highest audited rate come first"),
        ("suspected", "those with the most suspected labels come first"),
        ("count", "the largest come first"),
    ],
)
def test_the_order_of_the_classes_is_said(column: str, said: str) -> None:
    places = {
        "rate": ("audited_labels", "per_class"),
        "suspected": ("label_noise", "per_class"),
        "count": ("class_imbalance", "classes"),
    }
    measure, name = places[column]
    noise, *_ = full().measures
    table = Table(
        name=name,
        title=name,
        columns=(Column(name="class"), Column(name=column)),
        rows=tuple((animal, 1) for animal in full().dataset.class_names),
    )
    result = replace(noise, name=measure, values=(), galleries=(), tables=(table,))
    section = by_id(to_html(replace(full(), measures=(result,))), "classes")
    assert f"in one row; {said}." in words(section)


def test_an_item_whose_list_of_labels_is_empty_is_said_to_have_none() -> None:
    noise, *others = full().measures
    [gallery] = noise.galleries
    samples = tuple(replace(sample, given_label="") for sample in gallery.samples[:1])
    noise = replace(noise, galleries=(replace(gallery, samples=samples),))
    report = replace(full(), measures=(noise, *others))
    assert "given no label" in words(by_id(to_html(report), "label_noise"))
    [row] = [line for line in to_summary(report).splitlines() if "IMG_4711" in line]
    assert row.split(" | ")[1] == ""


def test_every_number_of_the_report_is_printed() -> None:
    shown = words(parsed(to_html(full())))
    for printed in ("4.12%", "range 2.87% to 5.61%", "185", "3.08%", "77.4", "0.731 1/distance"):
        assert printed in shown
    assert "6,012 of 6,021 rows or files found" in shown
    assert "3 not an image by its name" in shown


def test_samples_show_both_labels_and_where_they_are() -> None:
    [image] = [node for node in elements(to_html(full())) if "IMG_4711" in node.get("alt", "")]
    assert image.get("alt") == "train/badger/IMG_4711.jpg: given badger, suggested ferret"


def test_pairs_of_labels_are_drawn_and_listed() -> None:
    page = to_html(multilabel())
    names = [node.get("aria-label", "") for node in elements(page)]
    assert "Pairs of 4 names; the most frequent is cougar and badger, 210 times" in names
    items = "Items of 8 classes, from antelope with 2,400 to heron with 31"
    assert any(name.startswith(items) for name in names)


TEXT = st.text(max_size=8)
NUMBER = st.floats(-1e6, 1e6) | st.integers(0, 10**6)
VALUES = st.builds(
    Value,
    name=TEXT,
    title=TEXT,
    value=st.none() | NUMBER,
    unit=st.sampled_from(["share", "count", "ratio", ""]),
    low=st.none() | st.floats(-10, 10),
    high=st.none() | st.floats(-10, 10),
    note=TEXT,
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(0, 4))
    units = st.sampled_from(["share", "count", ""])
    columns = draw(
        st.lists(st.builds(Column, name=TEXT, unit=units), min_size=width, max_size=width)
    )
    cells = st.none() | st.booleans() | NUMBER | TEXT
    rows = draw(st.lists(st.tuples(*[cells] * width), max_size=4))
    names = st.sampled_from(["classes", "transitions", "pairs", "labels"])
    return Table(name=draw(names), title=draw(TEXT), columns=tuple(columns), rows=tuple(rows))


SAMPLES = st.builds(
    Sample,
    path=TEXT,
    given_label=st.none() | TEXT,
    group=st.none() | st.integers(0, 2),
    score=st.none() | st.floats(-1, 1),
    thumbnail=st.none() | st.sampled_from(["t0", "gone"]),
)
GALLERIES = st.builds(
    Gallery, name=TEXT, title=TEXT, samples=st.lists(SAMPLES, max_size=4).map(tuple)
)
MEASURES = st.builds(
    MeasureResult,
    name=st.sampled_from(
        ["label_noise", "class_imbalance", "multi_label", "integrity", "other", "../label", "a/b"]
    ),
    family=TEXT,
    title=TEXT,
    summary=TEXT,
    status=st.sampled_from(["measured", "measured", "failed", "not_measured"]),
    values=st.lists(VALUES, max_size=3).map(tuple),
    tables=st.lists(tables(), max_size=2).map(tuple),
    galleries=st.lists(GALLERIES, max_size=1).map(tuple),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(MEASURES, max_size=2, unique_by=lambda result: result.name))
def test_any_report_is_rendered(measures: list[MeasureResult]) -> None:
    page = to_html(replace(full(), measures=tuple(measures)))
    assert page.endswith("</html>")


def test_two_hundred_thumbnails_and_a_thousand_classes_stay_small() -> None:
    assert len(to_html(large()).encode()) < 1.5e6


def large() -> Report:
    image = base64.b64encode(b"RIFF" + bytes(2996)).decode()
    samples = tuple(
        Sample(
            path=f"train/n{number:08d}/n{number:08d}_{number}.JPEG",
            split="train",
            given_label=f"n{number:08d}",
            suggested_label=f"n{number + 1:08d}",
            score=0.001234 * number,
            detail=f"P(given) = 0.01; of 50 neighbors 44 are n{number:08d}, 2 n{number + 1:08d}",
            thumbnail=f"t{number}",
        )
        for number in range(200)
    )
    rows = tuple((f"n{n:08d}", 1300 - n, (1300 - n) / 8e5, "many", 0.123456) for n in range(1000))
    table = Table(
        name="classes",
        title="Items by class",
        columns=(
            Column(name="class"),
            Column(name="count", unit="count"),
            Column(name="share", unit="share"),
            Column(name="shots"),
            Column(name="weight"),
        ),
        rows=rows,
    )
    noise, imbalance, *others = full().measures
    gallery = Gallery(name="suspects", title="Suspects", samples=samples)
    measures = (
        replace(noise, galleries=(gallery,), tables=(replace(table, name="per_class"),)),
        replace(imbalance, tables=(table,)),
        *others,
    )
    thumbnails = {f"t{number}": image for number in range(200)}
    return replace(full(), measures=measures, thumbnails=thumbnails)


def test_templates_have_no_means_to_print_unescaped() -> None:
    for file in TEMPLATES.rglob("*.html"):
        source = file.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup|https?:|\bstyle=|\son\w+=", source), (
            file
        )


def test_only_drawings_are_made_without_escaping() -> None:
    package = Path(__file__).parents[2] / "labelaudit"
    makers = {
        file.parent.name if file.parent.name == "charts" else file.name
        for file in package.rglob("*.py")
        if re.search(r"\bMarkup\([^)]", file.read_text(encoding="utf-8"))
    }
    drawings = {"charts", "svg.py", "badge.py", "picture.py"}
    assert makers == drawings


def test_a_template_of_the_user_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "measures").mkdir()
    mine = tmp_path / "measures" / "integrity.html"
    mine.write_text("<p id=mine>{{ measure.title }}: {{ report.dataset.name }}</p>")
    report = full()
    report = replace(report, dataset=replace(report.dataset, name="<b>bold</b>"))
    page = to_html(report, tmp_path)
    [found] = [node for node in elements(page) if node.get("id") == "mine"]
    assert words(found) == "Integrity: <b>bold</b>"
    assert "Most suspected labels" in words(parsed(page))


def test_a_style_of_the_user_is_allowed_by_its_hash(tmp_path: Path) -> None:
    (tmp_path / "label.css").write_text("body { margin: 7px }")
    page = to_html(full(), tmp_path)
    digest = base64.b64encode(hashlib.sha256(b"body { margin: 7px }").digest()).decode()
    assert "<style>body { margin: 7px }</style>" in page
    assert digest in next(node.get("content", "") for node in elements(page) if node.tag == "meta")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% if %}", "integrity.html: line 1: Expected an expression"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ report.dataset.name|safe }}", "No filter named 'safe'"),
        ("{{ report.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 // 0 }}", "division"),
        ("{% include 'gone.html' %}", "gone.html"),
    ],
)
def test_a_template_that_fails_says_where_and_why(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "integrity.html").write_text(source)
    with pytest.raises(InputError) as caught:
        to_html(full(), tmp_path)
    assert said in str(caught.value)
    assert "hint: " in str(caught.value)


def test_a_folder_that_replaces_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lable.html").write_text("")
    with pytest.raises(InputError, match=r"replaces no template; found lable\.html") as caught:
        to_html(full(), tmp_path)
    assert caught.value.hint == "did you mean label.html?"
    with pytest.raises(InputError, match="no folder of templates"):
        to_html(full(), tmp_path / "gone")


def test_samples_without_thumbnails_are_listed() -> None:
    assert THUMBNAILS
    page = to_html(replace(full(), thumbnails={}))
    assert not [node for node in elements(page) if node.tag == "img"]
    [row] = [
        node
        for node in elements(page)
        if node.tag == "tr" and "IMG_4711" in "".join(node.itertext())
    ]
    assert [words(cell) for cell in row] == [
        "train/badger/IMG_4711.jpg",
        "train",
        "badger",
        "ferret",
        "0.0021",
        "50 of 50 neighbors are ferret",
    ]
