"""From a report and its dataset to the files that a person judges with."""

from dataclasses import dataclass

from labelaudit.dataset import Dataset
from labelaudit.report import Report
from labelaudit.review.choose import draw_audit, examples_of, list_fixes
from labelaudit.review.items import Items, check_rows
from labelaudit.review.looks import check_content, looks, small_looks
from labelaudit.review.page import PAGE, to_csv, to_page
from labelaudit.review.plan import Plan
from labelaudit.verdicts import Verdicts

SHEET = "review.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants to judge.

    Attributes
    ----------
    budget
        How many items.
    seed
        Seed of the draw.
    fix
        The likeliest errors, instead of a random sample.
    """

    budget: int
    seed: int = 0
    fix: bool = False


def ask(
    items: Items, report: Report, dataset: Dataset, judged: Verdicts | None, wanted: Wanted
) -> tuple[Plan, dict[str, bytes]]:
    """Choose items, and make the page and the CSV file on which they are judged.

    Parameters
    ----------
    items
        The items of the report.
    report
        The report.
    dataset
        Its dataset, as it was scanned.
    judged
        Verdicts that there are; their items are left out.
    wanted
        What is to be judged.

    Returns
    -------
    The plan, and the files by name.

    Raises
    ------
    InputError
        When the dataset is not that of the report, or has nothing left to judge.
    """
    check_rows(items, dataset)
    if wanted.fix:
        plan, rows = list_fixes(items, report, judged, wanted.budget)
    else:
        plan, rows = draw_audit(items, report, judged, wanted.budget, wanted.seed)
    examples = examples_of(items, rows)
    check_content(dataset, items, [*rows, *(row for each in examples.values() for row in each)])
    page = to_page(
        plan,
        looks(dataset, items, rows),
        {name: small_looks(dataset, items, each) for name, each in examples.items()},
        dataset.modality,
    )
    return plan, {PAGE: page.encode(), SHEET: to_csv(plan).encode()}
