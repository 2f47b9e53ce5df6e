"""What is chosen where the scan names nothing else."""

from labelaudit.inputs import provider


@provider
def label_filter() -> str:
    """Return the rule by which labels are suspected."""
    return "adaptive"


@provider
def compat() -> str:
    """Return the publication whose quantities are printed besides."""
    return "none"
