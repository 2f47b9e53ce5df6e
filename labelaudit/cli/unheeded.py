"""Print what holds names of a dataset, so that neither a terminal nor a runner obeys them."""

import re
from typing import TYPE_CHECKING, Final

from labelaudit.render.text import visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

# What a runner of workflows takes for its commands: at the start of a line, or anywhere.
COMMAND: Final = re.compile(r"^((?:[^\S\n]|\x1b\[[0-9;]*m)*):(?=:)", re.MULTILINE)
OLD_COMMAND: Final = re.compile(r"##(?=(?:vso)?\[)")


def unheeded(printed: str) -> str:
    """Return lines of which none is a command to a runner of workflows.

    Examples
    --------
    >>> unheeded("  ::error::forged")
    '  : :error::forged'
    """
    return OLD_COMMAND.sub("## ", COMMAND.sub(r"\1: ", printed))


def shown(message: str) -> str:
    """Return a message of several lines without controls and commands."""
    return unheeded("\n".join(map(visible, message.split("\n"))))


def print_unheeded(console: "Console", renderable: "RenderableType") -> None:
    """Print what holds names of a dataset."""
    with console.capture() as captured:
        console.print(renderable)
    console.file.write(unheeded(captured.get()))
