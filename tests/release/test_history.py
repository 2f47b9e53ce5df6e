"""How the numbers of several reports went."""

import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import html5lib
import jsonschema
import pytest
from attacks import poisoned
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from versions import (
    CASES,
    LIVE,
    UNPRINTED,
    assert_dead,
    corrected,
    full,
    is_command,
    nodes,
    with_value,
)

from labelaudit.cli.unheeded import print_unheeded
from labelaudit.errors import InputError
from labelaudit.limits import MODEL_ESTIMATED
from labelaudit.privacy import published
from labelaudit.release.history.files import FORMATS, history_files
from labelaudit.release.history.find import find_reports
from labelaudit.release.history.gather import history
from labelaudit.release.history.parts import SCHEMA_VERSION, History, Series
from labelaudit.release.history.terminal import to_terminal
from labelaudit.release.history.words import labels, number
from labelaudit.render.charts.trend import Dot, trend
from labelaudit.render.json import to_json
from labelaudit.report import EmbeddingFacts, Report, Value
from labelaudit.schema import document_schema

CHECKOUT = Path(__file__).parents[2]


def at(report: Report, day: int, name: str = "") -> Report:
    """Return a report of another day."""
    run = replace(report.run, started=f"2026-11-{day:02}T08:00:00+00:00")
    return replace(report, run=run, dataset=replace(report.dataset, name=name or f"v{day}"))


def estimated(report: Report, value: float | None, low: float, high: float) -> Report:
    found = Value(name=MODEL_ESTIMATED, title="x", value=value, low=low, high=high, unit="share")
    return with_value(report, "label_noise", found)


def four() -> list[tuple[str, Report]]:
    """Return four reports: the second without a number, the last of another model."""
    other = replace(full(), embedding=replace(embedding(), model="x", model_sha256="0" * 64))
    reports = [
        estimated(full(), 0.08, 0.06, 0.1),
        CASES["nothing_measured"](),
        estimated(full(), 0.04, 0.02, 0.05),
        estimated(other, 0.01, 0.0, 0.03),
    ]
    return [(f"v{day}/report.json", at(report, day)) for day, report in enumerate(reports, 1)]


def embedding() -> EmbeddingFacts:
    found = full().embedding
    assert found is not None
    return found


def series_of(found: History, value: str) -> Series:
    return next(each for each in found.series if each.value == value)


def test_a_number_goes_over_the_reports_with_gaps_limits_and_breaks() -> None:
    found = history(four())
    points = series_of(found, MODEL_ESTIMATED).points
    assert [point.value for point in points] == [0.08, None, 0.04, 0.01]
    assert (points[0].low, points[0].high) == (0.06, 0.1)
    assert [point.limit for point in points] == [0.05, None, 0.05, 0.05]
    assert [point.verdict for point in points] == ["fail", None, "check", "check"]
    assert [bool(point.missing) for point in points] == [False, True, False, False]
    assert [bool(point.broken) for point in points] == [False, False, False, True]
    assert [bool(entry.model_changed) for entry in found.entries] == [False, False, False, True]
    exact = series_of(found, "exact_duplicates_count").points
    assert not exact[3].broken


def test_a_limit_of_a_share_of_the_items_is_drawn_as_a_count() -> None:
    limit = next(each for each in full().limits if each.of_items)
    points = series_of(history([("a", full())]), limit.value).points
    assert limit.at_most is not None
    assert points[0].limit == pytest.approx(limit.at_most * full().dataset.n_items, rel=1e-5)


def write(folder: Path, name: str, report: Report) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(to_json(report), encoding="utf-8")


def test_reports_are_found_in_the_order_of_their_scans_and_others_told(tmp_path: Path) -> None:
    write(tmp_path, "a/report.json", at(full(), 9))
    write(tmp_path, "b/c/report.json", at(full(), 2))
    write(tmp_path, "old.json", at(full(), 5))
    write(tmp_path, ".git/report.json", at(full(), 1))
    (tmp_path / "coco.json").write_text("{}")
    for name in ("gate.json", "b/gate.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "b" / "report.json").write_text("{ no JSON")
    (tmp_path / "latin.json").write_bytes(b'"\xff"')
    (tmp_path / "notes.txt").write_text("x")
    write(tmp_path, "z/again.json", at(full(), 9))
    reports, skipped = find_reports([tmp_path])
    assert [name for name, _ in reports] == ["b/c/report.json", "old.json", "a/report.json"]
    reasons = {each.file: each.reason for each in skipped}
    told = {"gate.json", "coco.json", "b/report.json", "latin.json", "z/again.json"}
    assert set(reasons) == told
    assert "no schema_version" in reasons["coco.json"]
    assert reasons["gate.json"].startswith("2 of this name")
    assert "a/report.json" in reasons["z/again.json"]
    assert not any(str(tmp_path) in reason for reason in reasons.values())


def test_reports_of_several_folders_are_told_apart(tmp_path: Path) -> None:
    for day, name in enumerate(("one", "two"), 1):
        write(tmp_path, f"{name}/report.json", at(full(), day, "same"))
    folders = [tmp_path / "one", tmp_path / "two"]
    expected = ["one/report.json", "two/report.json"]
    for paths in (folders, [folder / "report.json" for folder in folders], [tmp_path]):
        reports, _ = find_reports(paths)
        assert [where for where, _ in reports] == expected
        assert labels(history(reports)) == ["one", "two"]


def test_files_that_are_named_have_to_be_reports(tmp_path: Path) -> None:
    (tmp_path / "coco.json").write_text("{}")
    for paths in ([tmp_path / "coco.json"], [tmp_path / "none"]):
        with pytest.raises(InputError) as caught:
            find_reports(paths)
        assert caught.value.hint
    with pytest.raises(InputError, match="holds no report") as caught:
        find_reports([tmp_path])
    assert "coco.json: no report" in str(caught.value)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_the_report_at_every_tag_is_taken_and_tags_without_one_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "label").mkdir()
    (tmp_path / "label" / "notes").write_text("x")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "none yet")
    git(tmp_path, "tag", "v0")
    for day, tag in ((3, "v1"), (4, "release/v2")):
        write(tmp_path, "label/report.json", at(full(), day, "animals"))
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", tag)
        git(tmp_path, "tag", tag)
    (tmp_path / "label" / "report.json").write_text("{}")
    git(tmp_path, "commit", "-q", "-a", "-m", "broken")
    git(tmp_path, "tag", "v3")
    reports, skipped = find_reports([], tmp_path / "label" / "report.json")
    assert [where for where, _ in reports] == ["v1/report.json", "release/v2/report.json"]
    reasons = {each.file: each.reason for each in skipped}
    assert set(reasons) == {"v0/report.json", "v3/report.json"}
    assert "no such file" in reasons["v0/report.json"]
    assert "no schema_version" in reasons["v3/report.json"]
    assert labels(history(reports)) == ["v1", "v2"]
    (tmp_path / "label" / "report.json").unlink()
    assert len(find_reports([], tmp_path / "label" / "report.json")[0]) == 2


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"git lists no tags|cannot be run"):
        find_reports([], tmp_path / "report.json")


def test_one_report_is_no_trend_and_says_what_to_do() -> None:
    found = history([("report.json", full())])
    assert any("one report only" in caution for caution in found.cautions)
    assert set(history_files(found, FORMATS)) == {f"history.{name}" for name in FORMATS}


def test_the_least_open_report_decides_what_is_shown() -> None:
    found = history([("a", full()), ("b", published(corrected(), "public"))])
    assert found.privacy == "public"


@pytest.mark.parametrize(
    ("names", "files", "expected"),
    [
        (("a", "b"), ("x/report.json", "y/report.json"), ["a", "b"]),
        (("a", "a"), ("x/report.json", "y/report.json"), ["x", "y"]),
        (("a", "a"), ("x/v1.json", "x/v2.json"), ["2026-11-01", "2026-11-02"]),
    ],
)
def test_reports_are_called_by_what_tells_them_apart(
    names: tuple[str, ...], files: tuple[str, ...], expected: list[str]
) -> None:
    reports = [at(full(), day, name) for day, name in enumerate(names, 1)]
    assert labels(history(list(zip(files, reports, strict=True)))) == expected


def files_of(reports: list[tuple[str, Report]]) -> tuple[History, dict[str, bytes]]:
    found = history(reports)
    return found, history_files(found, FORMATS)


@pytest.mark.parametrize("start", [0, 6, 13, 21, 30])
def test_no_text_of_a_report_is_alive_in_any_file(start: int) -> None:
    reports = [(f"<b>{at}", poisoned(each, start + at)) for at, (_, each) in enumerate(four())]
    found, files = files_of(reports)
    page = files["history.html"].decode()
    assert_dead(nodes(page))
    assert not {"script", "link", "iframe", "form"} & {str(node.tag) for node in nodes(page)}
    picture = files["history.svg"].decode()
    tags = {str(node.tag).rpartition("}")[2] for node in ET.fromstring(picture).iter()}  # noqa: S314 - our own
    assert not tags & {*LIVE, "use", "image", "a", "animate", "set"}
    for name, content in files.items():
        assert not UNPRINTED & set(content.decode()), name
        if name.endswith(".md"):
            assert not [line for line in content.decode().splitlines() if is_command(line)]
    for width in (30, 80, 200):
        out = io.StringIO()
        console = Console(file=out, width=width, color_system=None, legacy_windows=False)
        print_unheeded(console, to_terminal(found, width=width))
        lines = out.getvalue().splitlines()
        assert not UNPRINTED & set(out.getvalue())
        assert not [line for line in lines if is_command(line)]
        assert max(map(cell_len, lines)) <= width + 1  # a command is broken by a space


def test_every_number_of_the_page_is_that_of_the_json() -> None:
    found, files = files_of(four())
    loaded = json.loads(files["history.json"], parse_constant=pytest.fail)
    jsonschema.validate(loaded, json.loads(SCHEMA.read_text(encoding="utf-8")))
    known = {f"{each['measure']}.{each['value']}": each for each in loaded["series"]}
    points = {f"{each.measure}.{each.value}": each for each in found.series}
    root = html5lib.parse(files["history.html"].decode(), namespaceHTMLElements=False)
    marked = [node for node in root.iter() if node.get("data-value")]
    assert len(marked) == sum(
        point["value"] is not None or point["low"] is not None
        for each in known.values()
        for point in each["points"]
    )
    for node in marked:
        name, where = node.get("data-value"), int(node.get("data-at", "-1"))
        assert name is not None
        assert known[name]["points"][where]["value"] == points[name].points[where].value
        said = " ".join("".join(node.itertext()).split())
        assert said == number(points[name].points[where], known[name]["unit"])


SCHEMA = CHECKOUT / "labelaudit" / "schema" / "history-1.json"


def test_the_published_schema_is_up_to_date() -> None:
    schema = document_schema(History, "history", SCHEMA_VERSION, "History of reports")
    assert SCHEMA.read_text(encoding="utf-8") == json.dumps(schema, indent=2) + "\n"


def parts_of(dots: list[Dot], kind: str) -> list[ET.Element]:
    root = ET.fromstring(str(trend(dots, "Made", "share")))  # noqa: S314 - our own
    return [node for node in root.iter() if kind in (node.get("class") or "").split()]


def dot(value: float | None, **parts: float | bool) -> Dot:
    make: Callable[..., Dot] = Dot
    return make(name="v", value=value, **parts)


def test_a_gap_is_a_gap_and_a_break_a_break() -> None:
    dots = [dot(0.1), dot(0.2), dot(None), dot(0.1), dot(0.3, is_broken=True), dot(0.2)]
    [line] = parts_of(dots, "line")
    runs = [run.count("L") + 1 for run in (line.get("d") or "").split("M") if run]
    assert runs == [2, 1, 2]
    assert len(parts_of(dots, "dot")) == 5
    assert len(parts_of(dots, "absent")) == 1
    assert len(parts_of(dots, "parting")) == 1


@given(st.lists(st.none() | st.tuples(*[st.floats(-1e300, 1e300)] * 3), min_size=1, max_size=6))
def test_any_numbers_are_drawn_in_order_and_within_the_picture(
    numbers: list[tuple[float, float, float] | None],
) -> None:
    dots = []
    for each in numbers:
        low, value, high = sorted(each) if each else (None, None, None)
        dots.append(Dot(name="v", value=value, low=low, high=high))
    drawn = str(trend(dots, "Made", ""))
    assert "nan" not in drawn
    assert "inf" not in drawn
    if not drawn:
        assert not any(numbers) or max(abs(n) for each in numbers if each for n in each) > 1e299
        return
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    circles = [node for node in root.iter() if node.tag == "circle"]
    heights = [float(node.get("cy", "nan")) for node in circles]
    assert all(0 <= height <= 174 for height in heights)
    known = [each.value for each in dots if each.value is not None]
    for (one, first), (two, second) in pairwise(zip(known, heights, strict=True)):
        assert one <= two or first <= second + 0.11
        assert one >= two or first >= second - 0.11
    assert re.search(r'aria-label="Made', drawn)


def test_reports_of_labels_of_every_kind_make_one_history() -> None:
    made = [(name, at(CASES[name](), day, name)) for day, name in enumerate(CASES, 1)]
    found, files = files_of(made)
    assert all(len(each.points) == len(made) for each in found.series)
    assert set(files) == {f"history.{name}" for name in FORMATS}


def test_a_number_that_no_report_has_is_left_out() -> None:
    found = history([("a", CASES["nothing_measured"]())])
    assert [each.value for each in found.series] == ["n_items"]
