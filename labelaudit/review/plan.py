"""What was drawn to be judged: kept beside the report, so that judgements find their way back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from labelaudit.errors import InputError

FILE = "review-plan.json"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One item that is to be judged.

    Attributes
    ----------
    content
        SHA-256 of its bytes, hexadecimal.
    path, given_label, suggested_label
        As they were; the suggested label is empty when there is none.
    stratum
        Stratum that it was drawn from; ``-1`` in a list of fixes.
    """

    content: str
    path: str
    given_label: str
    suggested_label: str
    stratum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """How many items a stratum had, and how many of them were drawn."""

    size: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One list of items to be judged.

    Attributes
    ----------
    kind
        ``audit``: drawn at random within strata, so that a rate follows from it; ``fix``: the
        items whose labels are most likely wrong, which says nothing of the rate.
    name, digest
        The dataset's.
    seed
        Of the draw and of the order; both are repeated with it.
    budget
        How many items were asked for.
    judged_before
        How many contents there were verdicts on; their items were left out.
    strata
        The strata by number; none in a list of fixes.
    items
        The items, in the order in which they are shown.
    """

    kind: Literal["audit", "fix"]
    name: str
    digest: str
    seed: int
    budget: int
    judged_before: int
    strata: tuple[Stratum, ...]
    items: tuple[Asked, ...]

    @property
    def id(self) -> str:
        """Identifier: equal for equal lists; its first letter keeps it text in a spreadsheet."""
        said = json.dumps(asdict(self), sort_keys=True).encode()
        return "r" + hashlib.sha256(said).hexdigest()[:15]


def plans_text(plans: Sequence[Plan]) -> str:
    """Return plans as JSON, for a file that `read_plans` reads."""
    said = {"version": VERSION, "reviews": [{"id": plan.id, **asdict(plan)} for plan in plans]}
    return json.dumps(said, indent=1) + "\n"


def read_plans(folder: Path) -> dict[str, Plan]:
    """Return the plans beside a report by their identifier; none where nothing was drawn yet.

    Raises
    ------
    InputError
        When the file is not as it was written.
    """
    file = folder / FILE
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        plans = _plans(said)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise InputError(
            f"{file}: no plan of a review: {reason}",
            hint="it is written by labelaudit review, and never by hand; draw again",
        ) from error
    return {plan.id: plan for plan in plans}


def _plans(said: dict[str, object]) -> list[Plan]:
    if said["version"] != VERSION:
        raise ValueError(f"version {said['version']}, not {VERSION}")
    return [_plan(one) for one in said["reviews"]]  # type: ignore[attr-defined]


def _plan(said: dict[str, object]) -> Plan:
    """Return a plan from its JSON; refuse one that was changed since."""
    fields = {name: value for name, value in said.items() if name != "id"}
    fields["strata"] = tuple(Stratum(**one) for one in said["strata"])  # type: ignore[attr-defined]
    fields["items"] = tuple(Asked(**one) for one in said["items"])  # type: ignore[attr-defined]
    plan = Plan(**fields)  # type: ignore[arg-type]
    if plan.id != said["id"]:
        raise ValueError(f"review {said['id']} was changed after it was drawn")
    return plan
