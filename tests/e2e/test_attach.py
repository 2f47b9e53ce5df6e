"""``labelaudit attach`` as a person runs it: what it writes, refuses, says and leaves alone."""

import ast
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from huggingface_hub import DatasetCard, HfApi
from huggingface_hub.utils._paths import filter_repo_objects
from typer.core import TyperGroup
from typer.main import get_command

from labelaudit.cli import app
from labelaudit.cli.exits import CheckFailed
from labelaudit.errors import LabelauditError
from labelaudit.render.json import to_json
from labelaudit.statements import read_papers

sys.path.append(str(Path(__file__).parents[1] / "render"))
from reports import full

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "attach.md").read_text(encoding="utf-8")
# Few parts, so that pages are drawn in a moment.
REPORT = replace(full(), measures=full().measures[:2], thumbnails={})
CARD = "---\nlicense: mit\nsize_categories: [1K<n<10K]\n---\n# Animals\n\nEight.\n\n## Uses\n"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def attach(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command, run in this process."""

    def run(*arguments: str | Path) -> Ended:
        code, message = 0, ""
        try:
            app(["attach", *map(str, arguments)], standalone_mode=False)
        except CheckFailed:
            code = 1
        except LabelauditError as error:
            code, message = 2, str(error)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err + message)

    return run


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return a report in a folder of its own."""
    file = tmp_path / "report" / "report.json"
    file.parent.mkdir()
    file.write_text(to_json(REPORT))
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the folder of a dataset that has a card."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "README.md").write_text(CARD)
    return folder


def all_of(data: Path) -> list[str]:
    return [
        *("--card", str(data / "README.md"), "--croissant", str(data / "croissant.json")),
        *("--bundle", str(data / ".labelaudit" / "label-facts.zip")),
    ]


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_card_croissant_and_bundle_are_written_and_then_up_to_date(
    report: Path, data: Path, attach: Run
) -> None:
    first = attach(report, *all_of(data))
    assert first.code == 0, first.err
    assert f"{data / 'README.md'}: written\n" in first.out
    assert first.out.count(": made\n") == 3
    made = content(data)
    assert set(made) == {
        *("README.md", "croissant.json", ".labelaudit/label.png", ".labelaudit/label-facts.zip"),
    }
    assert b"](.labelaudit/label-facts.zip)" in made["README.md"]
    for more in ([], ["--check"], ["--dry-run"]):
        again = attach(report, *all_of(data), *more)
        assert (again.code, again.out.count(": up to date\n")) == (0, 4)
    assert content(data) == made


@pytest.mark.filterwarnings("ignore")  # of what mlcroissant imports
def test_the_croissant_file_lists_the_bundle_with_its_hash(
    report: Path, data: Path, attach: Run
) -> None:
    attach(report, *all_of(data))
    found = json.loads((data / "croissant.json").read_text())
    text = json.dumps(found)
    assert ".labelaudit/label-facts.zip" in text
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=data / "croissant.json")
    assert [each.content_url for each in dataset.metadata.file_objects] == [
        ".labelaudit/label-facts.zip"
    ]
    told = attach(report, "--croissant", data / "other.json").err
    assert "other.json: lists no file of the report" in told


def test_a_check_names_what_is_stale_and_writes_nothing(
    report: Path, data: Path, attach: Run
) -> None:
    before = content(data)
    missing = attach(report, *all_of(data), "--check")
    assert missing.code == 1
    assert f"{data / 'README.md'}: not up to date\n" in missing.out
    assert missing.out.count(": missing\n") == 3
    assert content(data) == before
    attach(report, *all_of(data))
    changed = replace(REPORT, dataset=replace(REPORT.dataset, n_items=5001))
    report.write_text(to_json(changed))
    stale = attach(report, *all_of(data), "--check")
    assert (stale.code, stale.out.count(": not up to date\n")) == (1, 4)


def test_a_dry_run_prints_the_difference_and_writes_nothing(
    report: Path, data: Path, attach: Run
) -> None:
    before = content(data)
    shown = attach(report, "--card", data / "README.md", "--dry-run")
    assert shown.code == 0
    assert "\n+## Label facts\n" in shown.out
    assert "\n+# Animals" not in shown.out
    assert content(data) == before


def test_an_edited_report_is_refused_and_what_was_edited_is_named(
    report: Path, data: Path, attach: Run
) -> None:
    before = content(data)
    document = json.loads(report.read_text())
    document["dataset"]["n_items"] += 1
    report.write_text(json.dumps(document))
    refused = attach(report, *all_of(data))
    assert refused.code == 2
    assert "was edited after it was written" in refused.err
    assert "dataset/n_items" in refused.err
    assert content(data) == before


def test_where_one_part_fails_none_is_written(report: Path, data: Path, attach: Run) -> None:
    (data / "README.md").write_text("<!-- labelaudit:end -->\n")
    before = content(data)
    assert attach(report, *all_of(data)).code == 2
    (data / "README.md").write_text(CARD)
    (data / "croissant.json").write_text("{")
    assert attach(report, *all_of(data)).code == 2
    (data / "croissant.json").unlink()
    (data / "README.md").write_text("<!-- labelaudit:end -->\n")
    assert content(data) == before


def test_where_a_file_cannot_be_written_none_is(report: Path, data: Path, attach: Run) -> None:
    (data / ".labelaudit").write_text("no folder")
    before = content(data)
    refused = attach(report, "--card", data / "README.md")
    assert refused.code == 2
    assert ".labelaudit" in refused.err
    assert content(data) == before
    nowhere = attach(report, "--card", data / "a" / "b" / "README.md")
    assert nowhere.code == 2
    assert "no file was changed" in nowhere.err


def test_what_cannot_be_meant_is_refused(report: Path, data: Path, attach: Run) -> None:
    card = data / "README.md"
    assert "nothing to attach" in attach(report).err
    assert "say one" in attach(report, "--card", card, "--check", "--dry-run").err
    assert "asked for twice" in attach(report, "--card", card, "--bundle", card).err
    assert "asked for twice" in attach(report, "--bundle", report).err
    missing = attach(report.with_name("none.json"), "--card", card)
    assert (missing.code, "cannot be read" in missing.err) == (2, True)
    a_folder = attach(report, "--card", data)
    assert (a_folder.code, "cannot be read" in a_folder.err) == (2, True)


def test_a_card_that_says_otherwise_is_warned_of_and_fails_a_check(
    report: Path, data: Path, attach: Run
) -> None:
    card = data / "README.md"
    card.write_text(CARD.replace("1K<n<10K", '"\\e[31m::error::n<1K"'))
    written = attach(report, "--card", card)
    assert written.code == 0
    assert f"warning: {card}: size_categories: " in written.err
    assert "\x1b" not in written.err
    assert attach(report, "--card", card, "--check").code == 1
    card.write_text(card.read_text().replace('"\\e[31m::error::n<1K"', "1K<n<10K"))
    assert attach(report, "--card", card, "--check").code == 0


def test_permissions_and_links_stay(report: Path, data: Path, attach: Run) -> None:
    card, real = data / "README.md", data / "real.md"
    card.rename(real)
    card.symlink_to("real.md")
    real.chmod(0o640)
    assert attach(report, "--card", card).code == 0
    assert card.is_symlink()
    assert "## Label facts" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_byte_order_mark_of_a_croissant_file_stays(report: Path, data: Path, attach: Run) -> None:
    attach(report, "--croissant", data / "croissant.json")
    plain = (data / "croissant.json").read_bytes()
    (data / "croissant.json").write_bytes(b"\xef\xbb\xbf" + plain)
    assert attach(report, "--croissant", data / "croissant.json").code == 0
    assert (data / "croissant.json").read_bytes() == b"\xef\xbb\xbf" + plain
    (data / "croissant.json").write_bytes(b'{"name": "\xe9"}')
    assert "no UTF-8 at byte 10" in attach(report, "--croissant", data / "croissant.json").err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["مرحبا بالعالم", "手写数字", "a\u202eb", "c|d`e<f>"])
def test_names_in_any_script_are_attached(
    name: str, tmp_path: Path, data: Path, attach: Run
) -> None:
    facts = REPORT.dataset
    named = replace(REPORT, dataset=replace(facts, name=name, splits={name: facts.n_items}))
    (tmp_path / "report.json").write_text(to_json(named))
    assert attach(tmp_path / "report.json", *all_of(data)).code == 0
    assert attach(tmp_path / "report.json", *all_of(data), "--check").code == 0
    before, after = (DatasetCard(text) for text in (CARD, (data / "README.md").read_text()))
    assert str(after.data) == str(before.data) != ""


@pytest.mark.slow
def test_the_program_ends_with_the_code_that_is_documented(report: Path, data: Path) -> None:
    def code(*arguments: str) -> int:
        command = [sys.executable, "-m", "labelaudit", "attach", str(report), *arguments]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert "Traceback" not in run.stderr
        return run.returncode

    card = ("--card", str(data / "README.md"))
    assert [code(*card, "--check"), code()] == [1, 2]


def labelaudit(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelaudit", *map(str, arguments)],
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def said_of(data: Path) -> dict[str, str]:
    """Return what the papers of a dataset state, whichever of them does."""
    return {each.topic: each.text for each in read_papers(data).statements}


@pytest.mark.slow
def test_the_sample_carries_its_label_and_its_bundle_is_verified(
    sample_data: Path, tmp_path: Path
) -> None:
    data, found = tmp_path / "data", tmp_path / "report"
    shutil.copytree(sample_data, data)
    stated = said_of(data)
    assert labelaudit("scan", data, "-o", found, "-q").returncode == 0
    assert labelaudit("gate", found / "report.json", "--exit-zero").returncode == 0
    assert labelaudit("attach", found / "report.json", *all_of(data)).returncode == 0
    # neither the items nor what the dataset says of itself are others by its label
    assert said_of(data) == stated
    first, again = content(found), tmp_path / "again"
    assert labelaudit("scan", data, "-o", again, "-q").returncode == 0
    before, after = (json.loads(each["report.json"]) for each in (first, content(again)))
    assert after["dataset"]["digest"] == before["dataset"]["digest"]
    assert after["dataset"]["n_items"] == before["dataset"]["n_items"]
    same = labelaudit(
        "attach", again / "report.json", "--card", data / "README.md",
        "--bundle", data / ".labelaudit" / "label-facts.zip", "--dry-run",
    )  # fmt: skip
    assert f"{data / 'README.md'}: up to date" in same.stdout
    with zipfile.ZipFile(data / ".labelaudit" / "label-facts.zip") as zipped:
        zipped.extractall(tmp_path / "unzipped")
    folder = tmp_path / "unzipped" / "labelaudit-report"
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, check=False)
    assert sums.returncode == 0
    assert {"gate.json", "issues.csv", "items.parquet", "report.html"} <= set(content(folder))
    verified = labelaudit("verify", folder / "report.json", data)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    gated = labelaudit(
        "gate", folder / "report.json", "--policy", folder / "policy.toml", "--exit-zero"
    )
    assert gated.returncode == 0, gated.stderr
    assert str(tmp_path) not in "".join(map(repr, content(folder).values()))


@pytest.mark.slow
def test_a_public_report_of_the_sample_is_attached_without_an_item(
    sample_data: Path, tmp_path: Path
) -> None:
    data, found = tmp_path / "data", tmp_path / "report"
    shutil.copytree(sample_data, data)
    assert labelaudit("scan", data, "-o", found, "-q", "--privacy", "public").returncode == 0
    assert labelaudit("attach", found / "report.json", *all_of(data)).returncode == 0
    with zipfile.ZipFile(data / ".labelaudit" / "label-facts.zip") as zipped:
        zipped.extractall(tmp_path / "unzipped")
    folder = tmp_path / "unzipped" / "labelaudit-report"
    assert labelaudit("verify", folder / "report.json", data).returncode == 0
    images = [path.name.encode() for path in (data / "images").iterdir()]
    written = [*content(folder).values(), (data / "README.md").read_bytes()]
    assert not [name for name in images if any(name in each for each in written)]
    (found / "issues.csv").write_text("rule,path\n")
    refused = labelaudit("attach", found / "report.json", *all_of(data))
    assert refused.returncode == 2
    assert "issues.csv" in refused.stderr


def commands(program: str) -> list[list[str]]:
    """Return the commands of the page, as a shell takes them apart."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [found for line in lines if (found := shlex.split(line))[:1] == [program]]


def test_the_python_of_the_page_has_arguments_that_there_are() -> None:
    [block] = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    [call] = [
        node
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert isinstance(call.func, ast.Attribute)
    method = getattr(HfApi, call.func.attr)
    named = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    inspect.signature(method).bind(HfApi(), **named)
    [upload] = [words for words in commands("hf") if words[1] == "upload"]
    assert named["allow_patterns"] == [
        upload[at + 1] for at, word in enumerate(upload) if word == "--include"
    ]


def test_the_commands_of_labelaudit_on_the_page_parse() -> None:
    top = get_command(app)
    assert isinstance(top, TyperGroup)
    found = commands("labelaudit")
    assert len(found) >= 8
    for _, name, *words in found:
        top.commands[name].make_context(name, words)  # raises at an option that there is not


@pytest.mark.parametrize("words", [*commands("hf"), *commands("gh")], ids=" ".join)
def test_the_commands_of_others_on_the_page_have_options_that_there_are(words: list[str]) -> None:
    program = shutil.which(words[0])
    if program is None:
        pytest.skip(f"{words[0]} is not installed")
    names = words[1:3] if words[1] in {"auth", "release"} else words[1:2]
    said = subprocess.run(
        [program, *names, "--help"],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    options = [word for word in words if word.startswith("--")]
    assert not [option for option in options if f"{option} " not in said.stdout]


def test_the_upload_of_the_page_takes_what_belongs_to_the_card_and_no_data() -> None:
    [upload] = [words for words in commands("hf") if words[1] == "upload"]
    patterns = [upload[at + 1] for at, word in enumerate(upload) if word == "--include"]
    attached = [".labelaudit/label-facts.zip", ".labelaudit/label.png", "README.md"]
    files = [*attached, "croissant.json", "images/1.png"]
    assert list(filter_repo_objects(files, allow_patterns=patterns)) == files[:4]
