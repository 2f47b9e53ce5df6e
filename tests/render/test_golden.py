"""What is committed is what is rendered; ``make golden`` rewrites it, and the diff is reviewed."""

import io
import os
from pathlib import Path

import pytest
from reports import CASES
from rich.console import Console

from labelaudit.render.html import to_html
from labelaudit.render.json import from_json, to_json
from labelaudit.render.svg import to_svg
from labelaudit.render.terminal import to_terminal
from labelaudit.report import Report

GOLDEN = Path(__file__).parent / "golden"


def on_screen(report: Report) -> str:
    screen = io.StringIO()
    console = Console(file=screen, width=80, color_system=None, legacy_windows=False)
    console.print(to_terminal(report))
    return "".join(f"{line.rstrip()}\n" for line in screen.getvalue().splitlines())


RENDERERS = {
    "report.json": to_json,
    "label.html": to_html,
    "label.svg": to_svg,
    "label.txt": on_screen,
}


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("case", CASES)
def test_renders_what_is_committed(case: str, name: str) -> None:
    rendered = RENDERERS[name](CASES[case]())
    file = GOLDEN / case / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(rendered, encoding="utf-8", newline="")
    assert rendered == file.read_bytes().decode()


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("case", CASES)
def test_the_json_alone_rebuilds_every_rendering(case: str, name: str) -> None:
    published = from_json((GOLDEN / case / "report.json").read_text(encoding="ascii"))
    assert RENDERERS[name](published) == (GOLDEN / case / name).read_bytes().decode()
