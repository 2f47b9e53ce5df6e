"""Keys of items as text: those that begin alike on a line, so that one more changes one line."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.render.load import shown

N_TOGETHER: Final = 64  # items of a line, at most on average
N_KEY: Final = 8  # bytes of an item
BITS_OF_DIGIT: Final = 4
PREFIX: Final = re.compile(r"[0-9a-f]{0,8}")


def coded(keys: NDArray[np.uint64]) -> Iterator[tuple[str, str]]:
    """Yield the items that begin alike, by their first hexadecimal digits, in base64."""
    digits = 0
    while len(keys) > N_TOGETHER << BITS_OF_DIGIT * digits:
        digits += 1
    shift = np.uint64(64 - BITS_OF_DIGIT * digits)
    firsts = keys >> shift if digits else np.zeros(len(keys), dtype=np.uint64)
    different, starts = np.unique(firsts, return_index=True)
    for first, alike in zip(different.tolist(), np.split(keys, starts)[1:], strict=True):
        prefix = f"{first:0{digits}x}" if digits else ""
        yield prefix, base64.b64encode(alike.astype(">u8").tobytes()).decode()


def decoded(coded: Mapping[str, str]) -> tuple[NDArray[np.uint64], list[str]]:
    """Return the keys of the items in ascending order, and what is wrong with them."""
    problems, parts = [], []
    if len({len(prefix) for prefix in coded}) > 1:
        problems.append("items: their keys are of several lengths, as of two files")
    for prefix, text in coded.items():
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            data = b"?"
        if len(data) % N_KEY or not data or not PREFIX.fullmatch(prefix):
            problems.append(f"items[{shown(prefix)}]: expected items in base64")
            continue
        keys = np.frombuffer(data, dtype=">u8").astype(np.uint64)
        if (
            prefix
            and (keys >> np.uint64(64 - BITS_OF_DIGIT * len(prefix)) != int(prefix, 16)).any()
        ):
            problems.append(f"items[{shown(prefix)}]: holds items that begin otherwise")
        parts.append(keys)
    return np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *parts])), problems
