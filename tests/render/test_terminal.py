import io

import pytest
from reports import CASES, full, hostile
from rich.console import Console

from labelaudit.render.terminal import to_terminal
from labelaudit.report import Report


def printed(report: Report, *, width: int = 80) -> str:
    screen = io.StringIO()
    console = Console(file=screen, width=width, color_system="standard", force_terminal=True)
    console.print(to_terminal(report))
    return screen.getvalue()


def plain(report: Report) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=80, color_system=None).print(to_terminal(report))
    return screen.getvalue().splitlines()


@pytest.mark.parametrize("case", CASES)
def test_fits_a_screen(case: str) -> None:
    lines = plain(CASES[case]())
    assert len(lines) <= 26
    assert all(len(line) <= 80 for line in lines)


def test_the_headline_and_the_first_suspects_are_there() -> None:
    text = "\n".join(plain(full()))
    assert "Label errors  4.12%  Model-estimated, not audited; range 2.87% to 5.61%." in text
    assert "train/badger/IMG_4711.jpg" in text
    assert "badger, rather ferret" in text
    assert text.count(", rather ") == 5


def test_names_control_nothing() -> None:
    text = printed(hostile(), width=200)
    assert "\x1b[31mred" not in text
    assert "[U+001B][31mred" in text
    assert "\u202e" not in text
    assert "[bold red]markup[/bold red]" in text


def test_a_narrow_terminal_is_no_problem() -> None:
    assert "4.12%" in printed(full(), width=40)
