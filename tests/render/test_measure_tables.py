import io

from reports import HOSTILE
from rich.console import Console

from labelaudit.render.measure_tables import MOST, to_terminal
from labelaudit.report import Column, MeasureResult, Scalar, Table, Value


def printed(*rows: tuple[Scalar, ...], notes: tuple[str, ...] = ()) -> str:
    names = ("model", "gap", "gap_low", "gap_high")
    table = Table(
        name="gaps",
        title="Gaps",
        columns=tuple(Column(name=name, unit="share" * (name != "model")) for name in names),
        rows=rows,
    )
    values = (
        Value(name="rate", title="Rate", value=0.1, unit="share", low=0.05, high=0.2, interval="x"),
        Value(name="none", title="None of it", value=None, note="undefined: nothing is known"),
    )
    result = MeasureResult(
        name="made",
        family="benchmark_stability",
        title="Made",
        summary="Made.",
        status="measured",
        values=values,
        tables=(table,),
        notes=notes,
    )
    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(to_terminal(result))
    return out.getvalue()


def test_numbers_have_their_range_or_why_there_are_none() -> None:
    lines = printed(("A", 0.02, -0.01, 0.05)).splitlines()
    assert any("Rate" in line and "10%" in line and "5% to 20%" in line for line in lines)
    assert any("None of it" in line and "nothing is known" in line for line in lines)


def test_the_ends_of_a_range_are_one_column() -> None:
    shown = printed(("A", 0.02, -0.01, 0.05), ("B", 0.0, None, None))
    assert "gap range" in shown
    assert "gap low" not in shown
    assert "-1% to 5%" in shown
    assert "undefined to" not in shown


def test_a_long_table_says_how_much_is_left_out() -> None:
    shown = printed(*((f"m{at}", 0.1, 0.0, 0.2) for at in range(MOST + 5)))
    assert "5 more rows on the page" in shown
    assert f"m{MOST}" not in shown


def test_notes_are_printed_and_hostile_names_are_not_followed() -> None:
    shown = printed(*((name, 0.1, 0.0, 0.2) for name in HOSTILE), notes=tuple(HOSTILE))
    assert "Note: [bold red]markup[/bold red]" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
