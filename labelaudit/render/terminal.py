"""The label on one screen of a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from labelaudit.render import text
from labelaudit.render.facts import Fact, facts, hero
from labelaudit.render.json import as_published
from labelaudit.report import Report, Sample

SUSPECTS = 5
SHORT_HASH = 12
BOLD, DIM = "bold", "dim"


def to_terminal(report: Report) -> RenderableType:
    """Return a report as rich prints it on about 80 columns and 24 lines.

    Names are printed as they are: markup in them is not followed, and what would control the
    terminal is shown as its code point.

    Parameters
    ----------
    report
        Any report.
    """
    report = as_published(report)
    found = hero(report)
    return Group(
        *_head(report),
        Text(),
        Text.assemble(("Label errors  ", BOLD), (found.amount, BOLD), ("  " + found.sentence, DIM)),
        _rows(facts(report)),
        *_suspects(report),
        *_warnings(report),
    )


def _head(report: Report) -> list[Text]:
    dataset = report.dataset
    parts = (
        text.counted(dataset.n_items, "item"),
        text.labels(dataset),
        text.splits(dataset.splits) or "no splits",
        f"sha256 {text.visible(dataset.digest[:SHORT_HASH])}",
    )
    return [_line(text.visible(dataset.name), BOLD), _line("; ".join(parts), DIM)]


def _rows(rows: tuple[Fact, ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for fact in rows:
        table.add_row(Text(fact.name), Text(fact.amount), Text(fact.reference, DIM))
    return table


def _suspects(report: Report) -> list[RenderableType]:
    """Return the labels most suspected, as far as the screen goes."""
    result = report.measure("label_noise")
    galleries = result.galleries if result is not None else ()
    samples = next((gallery.samples for gallery in galleries if gallery.samples), ())
    if not samples:
        return []
    table = Table.grid(padding=(0, 2), expand=False)
    for _ in range(2):
        table.add_column(no_wrap=True, overflow="ellipsis")
    for sample in samples[:SUSPECTS]:
        name = sample.path if sample.excerpt is None else sample.excerpt
        table.add_row(_cut(text.visible(name), 44), _cut(_suspicion(sample), 32))
    return [Text(), Text("Most suspected labels", BOLD), table]


def _suspicion(sample: Sample) -> str:
    given = "no label" if sample.given_label is None else text.visible(sample.given_label)
    if sample.suggested_label is None:
        return given
    return f"{given}, rather {text.visible(sample.suggested_label)}"


def _warnings(report: Report) -> list[Text]:
    """Return one line that counts what needs the page to be read."""
    failed = sum(result.status == "failed" for result in report.measures)
    notes = sum(len(result.notes) for result in report.measures)
    parts = [text.counted(notes, "note")] if notes else []
    parts += [text.counted(failed, "failed measure")] if failed else []
    return [Text(), Text(" and ".join(parts) + " in the report", BOLD)] if parts else []


def _line(words: str, style: str) -> Text:
    return Text(words, style, no_wrap=True, overflow="ellipsis")


def _cut(words: str, width: int) -> Text:
    line = Text(words)
    line.truncate(width, overflow="ellipsis")
    return line
