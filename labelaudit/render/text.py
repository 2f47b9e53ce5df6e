"""Numbers and names as people read them: the one place that turns a field into print."""

import re
from collections.abc import Mapping
from typing import Final

from labelaudit.report import FAMILIES, DatasetFacts, Sample, Scalar, Value

UNDEFINED: Final = "undefined"
ABBREVIATIONS: Final = {"auc", "ks", "ld", "lds", "lpd", "lrid", "npmi", "psi", "scumble"}
NAMES: Final = {"gini": "Gini", "kf": "K_F", "mcnemar": "McNemar", "simpson": "Simpson"}
PERCENT: Final = 100
WHOLE_FROM: Final = 100
WHOLE_TO: Final = 1e15
SMALLEST_PERCENT: Final = 0.001

# Controls (C0, C1, bidirectional), fillers and format characters that show nothing, lone
# surrogates and noncharacters; not the joiners that Persian, Hindi and emoji are written with.
INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)

RIGHT_TO_LEFT: Final = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
WORDS_TO_LEFT: Final = re.compile(f"({RIGHT_TO_LEFT}(?:[ '_-]+{RIGHT_TO_LEFT})*)")


def visible(text: str) -> str:
    r"""Return a text with what would not show, or would reorder the rest, as its code point.

    Examples
    --------
    >>> visible("cat\u202egpj.exe")
    'cat[U+202E]gpj.exe'
    """
    return INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def set_apart(text: str) -> list[tuple[str, bool]]:
    r"""Return a text in parts, and which are words from right to left.

    So that a name in Arabic or Hebrew does not reorder the numbers and files beside it.

    Examples
    --------
    >>> set_apart("\u05d0/7.jpg")
    [('\u05d0', True), ('/7.jpg', False)]
    """
    parts = WORDS_TO_LEFT.split(text)
    return [(part, at % 2 == 1) for at, part in enumerate(parts) if part]


def number(value: Scalar, unit: str = "") -> str:
    """Return a value as it is printed.

    Integers are printed whole, other numbers to three significant digits, shares as a
    percentage that is 0% or 100% only when the share is.

    Parameters
    ----------
    value
        Of a value, a cell or a parameter; None is undefined.
    unit
        As of a `Value`.

    Examples
    --------
    >>> number(0.0234567, "share"), number(0.99996, "share"), number(50000, "count")
    ('2.35%', '>99.9%', '50,000')
    """
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return visible(value)
    if unit == "share":
        return _share(value)
    suffix = f" {visible(unit)}" if unit not in ("", "count", "ratio", "share") else ""
    return _digits(value) + suffix


def interval(value: Value) -> str:
    """Return the interval of a value, such as ``3.2% to 5.3%``; empty when it has none."""
    if value.low is None or value.high is None:
        return ""
    unit = value.unit if value.unit == "share" else ""
    return f"{number(value.low, unit)} to {number(value.high, unit)}"


def share_of(part: float, whole: float) -> str:
    """Return a part as a percentage of a whole; empty when there is no whole."""
    return _share(part / whole) if whole else ""


def counted(amount: int, singular: str, plural: str = "") -> str:
    """Return an amount with its noun, such as ``1 item`` or ``2,000 items``."""
    return f"{amount:,} {singular if amount == 1 else plural or singular + 's'}"


def heading(family: str) -> str:
    """Return the heading of a family or column from its name.

    Examples
    --------
    >>> heading("npmi"), heading("adjusted_p_value"), heading("split_auc"), heading("kf_max")
    ('NPMI', 'Adjusted p value', 'Split AUC', 'K_F max')
    """
    words = visible(family.replace("_", " ")).split(" ")
    said = " ".join(
        word.upper() if word in ABBREVIATIONS else NAMES.get(word, word) for word in words
    )
    return FAMILIES.get(family) or said[:1].upper() + said[1:]


def alternative(sample: Sample) -> str:
    """Return what stands for a thumbnail where it cannot be seen."""
    parts = [f"given {sample.given_label}" if sample.given_label else "no label given"]
    if sample.suggested_label is not None:
        parts.append(f"suggested {sample.suggested_label}")
    return visible(f"{sample.path}: {', '.join(parts)}")


def labels(dataset: DatasetFacts) -> str:
    """Return what the labels of a dataset are: so many classes, or numbers."""
    if dataset.task == "regression":
        return "labels are numbers"
    return counted(len(dataset.class_names), "class", "classes")


def splits(amounts: Mapping[str, int]) -> str:
    """Return the splits with their items, such as ``train 900, test 100``."""
    ordered = sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{visible(name)} {amount:,}" for name, amount in ordered)


def _share(value: float) -> str:
    """Return a share as a percentage, never as none or all of it when it is not."""
    percent = PERCENT * value
    text = f"{percent:.3g}"
    if 0 < value < 1 and float(text) >= PERCENT:
        return ">99.9%"
    if 0 < percent < SMALLEST_PERCENT:
        return f"<{SMALLEST_PERCENT}%"
    return _digits(percent) + "%"


def _digits(value: float) -> str:
    """Return a number whole when it is an integer or has three digits, else to three digits."""
    if isinstance(value, int):
        return f"{value:,}"
    if (value.is_integer() or abs(value) >= WHOLE_FROM) and abs(value) < WHOLE_TO:
        return f"{value:,.0f}"
    text = f"{value:.3g}"
    if "e" not in text:
        return text
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"
