"""How a command ends that did its work and says no: with 1, which nothing else ends with."""


class CheckFailed(Exception):  # noqa: N818 - no error: the command did what it was asked for
    """The gate failed, a dataset is not what its report says, or a written block is stale.

    A command raises it when all is printed and written; `labelaudit.cli.main` ends with 1.
    """
