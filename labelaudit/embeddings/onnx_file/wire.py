"""The encoding of protocol buffers, as far as an ONNX file needs it.

It is read from the file as it lies on disk, so that a model of any size can be looked into
without its weights being loaded. Source: protobuf.dev, "Encoding".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

from labelaudit.errors import ModelError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_VARINT = 10  # bytes of a number of 64 bits
MAX_FIELDS = 1_000_000  # of a message; more are no graph that a person has trained
MAX_TAG = MAX_LENGTH = 2**32 - 1  # what is above is read in different ways

Data = bytes | mmap


class Field(NamedTuple):
    """One field of a message.

    Attributes
    ----------
    number
        Its number in the message's definition.
    start, content, end
        Where its tag, its content and the next field begin.
    value
        The number that it holds, when it is a varint; else 0.
    is_bytes
        Whether it holds text, bytes or another message.
    """

    number: int
    start: int
    content: int
    end: int
    value: int
    is_bytes: bool


def fields(data: Data, start: int = 0, end: int | None = None) -> Iterator[Field]:
    """Yield the fields of the message that lies between two places.

    Raises
    ------
    ValueError
        When it is no message, ends in the middle of a field, or has more than `MAX_FIELDS`.
    """
    end = len(data) if end is None else end
    at, n_fields = start, 0
    while at < end:
        n_fields += 1
        if n_fields > MAX_FIELDS:
            raise ValueError(f"the message at byte {start:,} has more than {MAX_FIELDS:,} fields")
        tag, content = _varint(data, at, end, MAX_TAG)
        number, kind = tag >> 3, tag & 7
        value = 0
        if kind == VARINT:
            value, after = _varint(data, content, end)
        elif kind == BYTES:
            length, content = _varint(data, content, end, MAX_LENGTH)
            after = content + length
        elif kind in {FIXED64, FIXED32}:
            after = content + (8 if kind == FIXED64 else 4)
        else:
            raise ValueError(f"byte {at:,} begins no field of a message")
        if not number:
            raise ValueError(f"byte {at:,} begins no field of a message")
        if after > end:
            raise ValueError(f"it ends at byte {end:,}, in the middle of a field")
        yield Field(number, at, content, after, value, kind == BYTES)
        at = after


@contextmanager
def opened(path: Path) -> Iterator[Data]:
    """Open a model's file, whose bytes are read when they are looked at.

    Raises
    ------
    ModelError
        When there is none, or what is done with it finds that it is no model.
    """
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            yield data
    except FileNotFoundError as error:
        raise ModelError(
            f"{path}: there is no such model", hint="name an .onnx file, or builtin"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{path}: not an ONNX model, or not the whole of one: {error}",
            hint="download or export it again",
        ) from error


def text(data: Data, field: Field) -> str:
    """Return the text that a field holds."""
    return data[field.content : field.end].decode(errors="replace")


def encoded(number: int, *contents: bytes) -> bytes:
    """Return a field that holds text, bytes or a message, given in one part or several."""
    length = sum(map(len, contents))
    return b"".join([_as_varint(number << 3 | BYTES), _as_varint(length), *contents])


def _varint(data: Data, at: int, end: int, most: int = 2**64 - 1) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for place in range(MAX_VARINT):
        if at + place >= end:
            raise ValueError(f"it ends at byte {end:,}, in the middle of a field")
        byte = data[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004 - the bit that says whether another byte follows
            if value > most:
                break
            return value, at + place + 1
    raise ValueError(f"byte {at:,} begins a number of more than {most.bit_length()} bits")


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - as above
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
