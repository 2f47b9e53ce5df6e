"""The judgements that Dawid and Skene published: 45 patients, 5 observers, classes 1 to 4.

Table 1 of Applied Statistics 28 (1979). A row is a patient: three judgements of the first
observer, then one of each other observer.
"""

TABLE = """
111 1 1 1 1   333 4 3 3 4   112 2 1 2 2   222 3 1 2 1   222 3 2 2 2   222 3 3 2 2
122 2 1 1 1   333 3 4 3 3   222 2 2 2 3   232 2 2 2 3   444 4 4 4 4   222 3 3 4 3
111 1 1 1 1   222 3 2 1 2   121 1 1 1 1   111 2 1 1 1   111 1 1 1 1   111 1 1 1 1
222 2 2 2 1   222 1 3 2 2   222 2 2 2 2   222 2 2 2 1   222 3 2 2 2   221 2 2 2 2
111 1 1 1 1   111 1 1 1 1   232 2 2 2 2   111 1 1 1 1   111 1 1 1 1   112 1 1 2 1
111 1 1 1 1   333 3 2 3 3   111 1 1 1 1   222 2 2 2 2   222 3 2 3 2   433 4 3 4 3
221 2 2 3 2   232 3 2 3 3   333 3 4 3 2   111 1 1 1 1   111 1 1 1 1   121 2 1 1 1
232 2 2 2 2   121 1 1 1 1   222 2 2 2 2
"""


def judgements() -> list[tuple[int, int, int]]:
    """Return patient, observer and class of each judgement, all from 0."""
    digits = [int(digit) - 1 for digit in TABLE if digit.isdigit()]
    observers = (0, 0, 0, 1, 2, 3, 4)
    return [(at // 7, observers[at % 7], label) for at, label in enumerate(digits)]
