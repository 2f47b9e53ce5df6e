"""Find the policy that a gate applies: the file that is named, or the folder's configuration."""

from pathlib import Path
from typing import TYPE_CHECKING

from labelaudit.cli.config import policy_table

if TYPE_CHECKING:
    from labelaudit.gate.policy import Asked
    from labelaudit.report import Mode


def find_policy(file: Path | None, mode: "Mode | None") -> "Asked | None":
    """Return the policy of a file, or of the folder that the program was started in.

    Parameters
    ----------
    file
        Named by the user; None for ``labelaudit.toml`` or ``pyproject.toml``.
    mode
        Mode of every limit, in place of those that it names.

    Returns
    -------
    The policy; None where no file is named and none is there.

    Raises
    ------
    InputError
        When it cannot be read, or asks for what no policy can.
    """
    found = policy_table(Path.cwd(), file)
    if found is None:
        return None
    from labelaudit.gate.policy import asked

    name, table = found
    return asked(table, name, mode)
