"""Progress on stderr: a bar with rate and time left on a terminal, a line a stage elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from labelaudit.progress import Progress, silent


class CountColumn(ProgressColumn):
    """Steps done, and in all."""

    def render(self, task: Task) -> Text:
        """Return the counts, where the steps are counted."""
        return Text(f"{task.completed:,.0f} of {task.total:,.0f}" if task.total else "")


class RateColumn(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, once there is one."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Progress]:
    """Show progress on stderr while the context lasts."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            CountColumn(),
            RateColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        ) as bars:
            yield _bars(bars)
    else:
        yield _lines()


def _bars(bars: Bars) -> Progress:
    tasks: dict[str, TaskID] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            for task in tasks.values():
                bars.stop_task(task)
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)

    return show


def _lines() -> Progress:
    seen: dict[str, int] = {}

    def show(stage: str, done: int, total: int) -> None:
        tenth = 10 * done // total if total else 0
        if stage not in seen or tenth >= seen[stage] + 5:
            seen[stage] = tenth
            counts = f": {done:,} of {total:,}" if total and done else ""
            sys.stderr.write(f"{stage}{counts}\n")

    return show
