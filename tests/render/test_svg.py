import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_layout import SVG, misplaced, parsed, texts
from reports import CASES, audited, full, hostile, multilabel, nothing_measured

from labelaudit.limits import Verdict, judged, overall
from labelaudit.render.charts.grid import Cell, grid
from labelaudit.render.charts.lettering import INNER
from labelaudit.render.charts.signs import mark
from labelaudit.render.fit import clipped, estimated_width, parted, wrapped
from labelaudit.render.json import to_json
from labelaudit.render.judgements import SHAPES, WORDS
from labelaudit.render.svg import DARK, LIGHT, label, to_svg
from labelaudit.report import Limit, MeasureResult, Report, Statement, Task, Value

ROWS = (
    "Suspected label errors",
    "Exact duplicates",
    "Contradictory duplicates",
    "Duplicates across splits",
    "Near duplicates",
    "Groups across splits",
    "Imbalance ratio",
    "Effective classes",
    "Empty classes",
    "Labels an item",
    "Label sharpness",
    "Annotator agreement",
    "Unreadable",
    "Unlabelled",
)
NOTES = ("Limits", "Method", "Judged", "Skill", "Model", "Scanned", "Verify")
OF_TARGETS = tuple("Sparse targets" if name == "Effective classes" else name for name in ROWS)
NAMES = (
    "مجموعة بيانات الطيور (الإصدار 2) للتدريب",
    "城市街景图像数据集第二版训练与测试",
    "a-very-long-name_" * 12,
    "W" * 200,
    "\U0001f426" * 40,
    "Z" + "\u0301" * 60 + "algo",
    "\u202egpj.exe",
    "",
)


def printed(svg: str, kind: str) -> list[tuple[str, str]]:
    """Return the numbers that a label prints, each with its name."""
    return [
        (name, "".join(node.itertext()))
        for node in parsed(svg).iter()
        if (name := node.get(f"data-{kind}")) is not None
    ]


def number(words: str) -> float:
    """Return the number that is printed."""
    return float(words.strip(" <>≤≥%").replace(",", "")) / (100 if words.endswith("%") else 1)


def of_kind(task: Task) -> Report:
    report = full() if task != "multilabel" else multilabel()
    return replace(report, dataset=replace(report.dataset, task=task))


def with_values(report: Report, **numbers: float) -> Report:
    """Return a report with some of its counts replaced by others."""
    measures = tuple(
        replace(
            result,
            values=tuple(
                replace(value, value=numbers.get(value.name, value.value))
                for value in result.values
            ),
        )
        for result in report.measures
    )
    return replace(report, measures=measures)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_the_label_is_small_inert_xml(case: str, dark: bool) -> None:  # noqa: FBT001 - a parameter of a test
    svg = to_svg(CASES[case](), dark=dark)
    root = parsed(svg)
    assert len(svg.encode()) <= 25 * 1024
    assert root.get("width") == "380"
    assert root.get("role") == "img"
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {
        "svg", "title", "desc", "rect", "g", "text", "tspan", "path",
    }  # fmt: skip
    names = {name for node in root.iter() for name in node.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    assert "style" not in names
    assert "url(" not in svg
    assert root.findtext(f"{SVG}title", "").startswith("Label facts of ")


@pytest.mark.parametrize("case", CASES)
def test_every_label_has_the_same_rows_and_notes_in_the_same_order(case: str) -> None:
    found = texts(to_svg(CASES[case]()))
    rows = [next(name for name in ROWS if text.startswith(name)) for text in found
            if text.startswith(ROWS)]  # fmt: skip
    assert tuple(rows) == ROWS
    assert tuple(text for text in found if text in NOTES) == NOTES


@pytest.mark.parametrize(
    ("task", "rows"), [("multiclass", ROWS), ("multilabel", ROWS), ("regression", OF_TARGETS)]
)
def test_every_kind_of_labels_has_its_rows(task: Task, rows: tuple[str, ...]) -> None:
    found = texts(to_svg(of_kind(task)))
    starts = [next((name for name in rows if text.startswith(name)), "") for text in found]
    assert tuple(filter(None, starts)) == rows


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_every_number_is_that_of_the_json(case: str, dark: bool) -> None:  # noqa: FBT001 - a parameter of a test
    report = CASES[case]()
    document = json.loads(to_json(report))
    dataset, svg = document["dataset"], to_svg(report, dark=dark)
    known = {
        f"{result['name']}.{value['name']}": value
        for result in document["measures"]
        for value in result["values"]
    }
    known |= {f"dataset.{name}": {"value": number} for name, number in dataset.items()}
    assert ("dataset.n_items", f"{dataset['n_items']:,}") in printed(svg, "value")
    for name, words in printed(svg, "value"):
        assert number(words) == pytest.approx(known[name]["value"], rel=0.005), name
    for name, words in printed(svg, "share"):
        share = known[name]["value"] / dataset["n_items"]
        assert number(words) == pytest.approx(share, rel=0.005), name
    for name, words in printed(svg, "interval"):
        ends = [number(end) for end in words.split(" to ")]
        assert ends == pytest.approx([known[name]["low"], known[name]["high"]], rel=0.005)
    limits = {f"{each['measure']}.{each['value']}": each for each in document["limits"]}
    for name, words in printed(svg, "limit"):
        end = "at_least" if words.startswith("≥") else "at_most"
        assert number(words) == limits[name][end]


@pytest.mark.parametrize("case", CASES)
def test_every_limit_has_its_verdict_on_the_label(case: str) -> None:
    report = CASES[case]()
    verdicts = [judgement.verdict for judgement in judged(report)]
    verdicts.append(overall(judged(report)))
    found = texts(to_svg(report))
    for verdict in ("pass", "check", "fail"):
        assert found.count(WORDS[verdict]) == verdicts.count(verdict)
    assert found.count("not measured") >= verdicts.count("not measured")


def test_numbers_of_the_report_are_on_the_label() -> None:
    report = full()
    found = texts(to_svg(replace(report, dataset=replace(report.dataset, statements=()))))
    at = found.index("4.12%")
    assert found[at : at + 5] == ["4.12%", "Range", "2.87% to 5.61%", "Limit ≤ 5%", "CHECK"]
    assert "Model-estimated, not audited." in found
    assert {"Version not stated", "sha256 9f3c1ab07d42", "8 classes"} <= set(found)
    row = found.index("Exact duplicates 38")
    assert found[row : row + 4] == ["Exact duplicates 38", "0.632%", "≤ 1%", "PASS"]
    row = found.index("Suspected label errors")
    assert found[row : row + 3] == ["Suspected label errors", "185", "3.08% of items"]
    assert "0 items of a drawn sample" in found
    assert "labelaudit's starting ones" in found


def test_an_audited_rate_says_how_many_were_judged_and_between_what_it_lies() -> None:
    found = texts(to_svg(audited()))
    at = found.index("3.12%")
    assert found[at : at + 5] == ["3.12%", "95 % interval", "1.84% to 4.93%", "Limit ≤ 5%", "PASS"]
    assert "Audited: 200 items judged by people." in found
    assert "200 items by people" in found


@pytest.mark.parametrize(
    ("verdict", "at_most", "low", "high"),
    [("pass", 0.5, 0.1, 0.2), ("check", 0.5, 0.4, 0.6), ("fail", 0.05, 0.1, 0.2)],
)
def test_the_verdict_over_all_is_a_word_in_a_box_with_its_sign(
    verdict: Verdict, at_most: float, low: float, high: float
) -> None:
    report = audited()
    rate = Value(name="audited_error_rate", title="", value=low, unit="share", low=low, high=high)
    limit = Limit(measure="audited_labels", value=rate.name, at_most=at_most)
    audit = replace(report.measures[0], values=(rate,))
    svg = to_svg(replace(report, measures=(audit, *report.measures[1:]), limits=(limit,)))
    [box] = [node for node in parsed(svg).iter(f"{SVG}g") if has_text(node, WORDS[verdict], "22")]
    assert SHAPES[verdict] in {path.get("d") for path in box.iter(f"{SVG}path")}
    assert len({path.get("d") for path in box.iter(f"{SVG}path")}) == 2  # the frame and the sign
    assert "the dataset's own" in texts(svg)


def has_text(group: ET.Element, words: str, size: str) -> bool:
    return any(
        "".join(node.itertext()) == words and node.get("font-size") == size
        for node in group.findall(f"{SVG}text")
    )


def test_verdicts_are_told_apart_without_color() -> None:
    assert len(set(SHAPES.values())) == len(SHAPES) == len(WORDS)
    assert len({str(mark(verdict)) for verdict in SHAPES}) == len(SHAPES)
    assert 'aria-hidden="true"' in mark("pass")
    svg = to_svg(full())
    colors = {node.get("fill") for node in parsed(svg).iter() if node.get("fill")}
    assert colors == {LIGHT.ink, LIGHT.paper, "currentColor"}


def test_what_is_not_measured_says_so() -> None:
    found = texts(to_svg(nothing_measured()))
    assert found.count("not measured") == 15
    row = found.index("Unlabelled")
    assert found[row + 1 : row + 3] == ["12", "0.2% of items"]
    assert "CHECK" in found
    assert "9 limits: 9 not measured".replace(" ", "\N{NO-BREAK SPACE}") in found


def test_a_measure_that_failed_is_not_taken_for_a_verdict() -> None:
    report = full()
    failed = [replace(each, status="failed", values=()) for each in report.measures]
    svg = to_svg(replace(report, measures=tuple(failed), limits=()))
    assert "not measured, failed" in texts(svg)
    assert "FAIL" not in texts(svg)
    assert misplaced(svg) == []


def test_limits_of_numbers_without_a_row_are_counted_in_the_foot() -> None:
    report = full()
    limit = Limit(measure="class_imbalance", value="evenness", at_least=0.9)
    found = " ".join(texts(to_svg(replace(report, limits=(*report.limits, limit)))))
    assert "the dataset's own; of numbers not shown here, 1 limit: 1 not kept" in found


def test_without_limits_nothing_is_judged() -> None:
    found = texts(to_svg(replace(full(), limits=())))
    assert not {"PASS", "CHECK", "FAIL", "Verdict", "Limit"} & set(found)
    assert "none are set" in found
    row = found.index("Imbalance ratio")
    assert found[row + 1 : row + 3] == ["77.4", "1 is balanced"]


def test_the_head_and_the_foot_say_what_was_measured_when_and_by_what() -> None:
    report = full()
    skill = MeasureResult(
        name="detector_skill",
        family="label_noise",
        title="",
        summary="",
        status="measured",
        values=tuple(
            Value(name=f"neighbor_flips_{name}", title="", value=value, unit="share")
            for name, value in (("recall", 0.544), ("precision", 0.432))
        ),
    )
    version = Statement(topic="version", text="2.1", source="card.md")
    changed = replace(
        report,
        measures=(*report.measures, skill),
        dataset=replace(report.dataset, statements=(version,)),
        run=replace(report.run, data="my data"),
        privacy="public",
    )
    found = texts(to_svg(changed))
    assert "Version 2.1" in found
    assert "planted errors: 54.4% found, 43.2% of finds right" in found
    assert "labelaudit verify report.json 'my data'" in found
    assert "public: aggregates only" in found
    assert "builtin-small, sha256 77ab0c2ce1d9" in found
    assert f"{report.run.started[:10]} by labelaudit 0.1.0, seed 0" in found


def test_the_description_says_what_the_picture_shows() -> None:
    described = parsed(to_svg(multilabel())).findtext(f"{SVG}desc", "")
    assert "Labels an item: 1.84 on average" in described
    assert "Suspected label errors: not measured" in described
    assert "Annotator agreement: 0.718 1 is perfect, limit ≥ 0.667: PASS" in described
    assert "Verdict: FAIL, 9 limits" in described


def test_a_hostile_name_is_cut_and_escaped() -> None:
    svg = to_svg(hostile())
    assert "<img" not in svg
    assert "\u202e" not in svg
    assert any(text.endswith("…") for text in texts(svg))


def test_a_name_stands_alone_in_the_order_of_reading() -> None:
    report = full()
    dataset = replace(report.dataset, name=NAMES[0], splits={"تدريب": 900, "اختبار": 100})
    root = parsed(to_svg(replace(report, dataset=dataset)))
    alone = {node.text for node in root.iter() if node.get("unicode-bidi") == "plaintext"}
    assert {"تدريب", "اختبار"} <= alone
    assert not {node.get("direction") for node in root.iter()} - {None}  # it would turn anchors


@pytest.mark.parametrize("case", CASES)
def test_no_text_leaves_the_box_or_covers_another(case: str) -> None:
    assert misplaced(to_svg(CASES[case]())) == []


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_kinds_keep_their_place(name: str) -> None:
    report = full()
    splits = {f"{name[:30]}{at}": 10 ** (9 - at) for at in range(9)}
    version = Statement(topic="version", text=name, source="")
    dataset = replace(report.dataset, name=name, splits=splits, statements=(version,))
    embedding = report.embedding and replace(report.embedding, model=name)
    run = replace(report.run, data=name, started=name)
    svg = to_svg(replace(report, dataset=dataset, embedding=embedding, run=run))
    assert misplaced(svg) == []
    assert len(svg.encode()) <= 25 * 1024


@settings(deadline=None, max_examples=60)
@given(
    name=st.text(max_size=300),
    split=st.text(max_size=60),
    model=st.text(max_size=60),
    reason=st.text(max_size=200),
    case=st.sampled_from(sorted(CASES)),
)
def test_no_name_moves_a_text_out_of_its_place(
    name: str, split: str, model: str, reason: str, case: str
) -> None:
    report = CASES[case]()
    dataset = replace(report.dataset, name=name, splits={split: 5, "test": 2, "b": 1})
    embedding = report.embedding and replace(report.embedding, model=model)
    measures = tuple(
        replace(each, reason=reason if each.status != "measured" else "")
        for each in report.measures
    )
    drawn = label(replace(report, dataset=dataset, embedding=embedding, measures=measures))
    assert misplaced(str(drawn)) == []


@settings(deadline=None)
@given(
    n_items=st.integers(0, 10**14),
    count=st.integers(0, 10**14),
    n_classes=st.integers(1, 20),
    rate=st.floats(0, 1),
    ratio=st.floats(1, 1e12),
)
def test_no_number_moves_a_text_out_of_its_place(
    n_items: int, count: int, n_classes: int, rate: float, ratio: float
) -> None:
    report = full()
    names = [value.name for each in report.measures for value in each.values]
    counts = dict.fromkeys((name for name in names if name.endswith("_count")), count)
    changed = with_values(report, **counts, model_estimated_error_rate=rate, imbalance_ratio=ratio)
    dataset = replace(
        report.dataset,
        n_items=n_items,
        n_found=n_items,
        class_names=tuple(f"class {at}" for at in range(n_classes)),
        splits={"train": n_items, "test": count},
    )
    assert misplaced(str(label(replace(changed, dataset=dataset)))) == []


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, 5e7, "≤ 50,000,000"),
        (0.667, 0.95, "0.667 to 0.95"),
        (1.5, 1.5, "1.5"),
        (0.5, None, "≥ 0.5"),
        (None, 0, "0"),
    ],
)
def test_limits_of_all_kinds_are_printed_whole(
    low: float | None, high: float | None, words: str
) -> None:
    names = ("imbalance_ratio", "effective_classes")
    limits = tuple(
        Limit(measure="class_imbalance", value=name, at_least=low, at_most=high) for name in names
    )
    svg = to_svg(replace(full(), limits=limits))
    assert [said for _, said in printed(svg, "limit")] == [words, words]
    assert misplaced(svg) == []


def test_dark_and_light_differ_in_color_only() -> None:
    light, dark = to_svg(full()), to_svg(full(), dark=True)
    assert light != dark
    for name in ("paper", "ink", "muted"):
        dark = dark.replace(getattr(DARK, name), getattr(LIGHT, name))
    assert dark == light


@given(st.text(max_size=80), st.floats(20, 400), st.booleans())
def test_a_cut_text_fits(words: str, width: float, bold: bool) -> None:  # noqa: FBT001 - a parameter of a test
    cut = clipped(words, 12, width, bold=bold)
    assert estimated_width(cut, 12, bold=bold) <= width or cut == "…"
    assert cut == words or words.startswith(cut.removesuffix("…"))


@given(st.text(max_size=200))
def test_wrapped_lines_fit_and_lose_no_word_that_fits(words: str) -> None:
    lines = wrapped(words, 12, INNER)
    assert all(estimated_width(line, 12) <= INNER for line in lines)
    if all(estimated_width(word, 12) <= INNER for word in words.split()):
        assert " ".join(lines).split() == words.split()


@given(st.text(max_size=200), st.integers(1, 4), st.booleans())
def test_a_parted_name_fits_and_begins_as_it_does(words: str, n_lines: int, bold: bool) -> None:  # noqa: FBT001 - a parameter of a test
    lines = parted(words, 17, INNER, n_lines, bold=bold)
    assert len(lines) <= n_lines
    assert all(estimated_width(line, 17, bold=bold) <= INNER for line in lines)
    kept = "".join("".join(lines).removesuffix("…").split())
    assert "".join(words.split()).startswith(kept)
    if estimated_width(words, 17, bold=bold) <= INNER:
        assert lines == ([words.strip()] if words.strip() else [])


def test_a_name_is_parted_after_a_separator() -> None:
    assert parted("street-scenes-of-cities", 10, 80, 2) == ["street-scenes-", "of-cities"]


@pytest.mark.parametrize(
    ("words", "em"),
    [("annotator_bob", 7.29), ("</svg><img src=x", 9.69), ("Mammalia", 5.2), ("agreed", 3.5)],
)
def test_no_text_is_wider_than_estimated_in_the_font_of_linux(words: str, em: float) -> None:
    assert em <= estimated_width(words, 1) <= 1.25 * em


def test_what_the_rows_of_a_grid_are_has_room_though_their_names_are_short() -> None:
    drawn = grid(["c0"], ["c1"], lambda _row, _column: Cell(), heads=("agreed", "judged"))
    assert drawn.left - 8 >= estimated_width("agreed ↓", 12) > estimated_width("c0", 12) + 12
