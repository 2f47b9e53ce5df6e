"""What this process may use of the machine."""

import math
import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


def available_processors(groups: Path = GROUPS) -> int:
    """Return how many processors this process may use: of its own mask, and of its group's time."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = processor_quota(groups)
    return own if quota is None else max(1, min(own, math.ceil(quota)))


def processor_quota(groups: Path = GROUPS) -> float | None:
    """Return how many processors' time the control group grants; None for as much as there is."""
    quota, _, period = _read(groups / "cpu.max").partition(" ")
    if not quota:  # version 1
        quota = _read(groups / "cpu" / "cpu.cfs_quota_us")
        period = _read(groups / "cpu" / "cpu.cfs_period_us")
    if not quota.isdigit() or not period.isdigit():  # "max", or -1
        return None
    return int(quota) / int(period)


def available_memory(groups: Path = GROUPS) -> int | None:
    """Return the bytes of memory that this process may use: the machine's, or its group's limit."""
    found = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        limit = _read(groups / name)
        found += [int(limit)] if limit.isdigit() else []
    return min(found, default=None)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
