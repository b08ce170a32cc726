"""One key a code: each frame a digit, its sub-codes a row of the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.codebook import Code

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SPARE = "".join(ROWS) + "987654321"


def assign(codes: Sequence[Code]) -> dict[str, str]:
    """A key for each code, "" where a codebook has more codes than the keyboard keys.

    The n-th frame gets digit n and its sub-codes the n-th row of letters, so the
    keyboard is laid out as the codebook is; what does not fit takes keys left over.
    """
    frames = [code for code in codes if code.parent is None]
    wanted: dict[str, str] = {}
    for number, frame in enumerate(frames):
        wanted[frame.id] = str(number + 1) if number < 9 else ""
        row = ROWS[number] if number < len(ROWS) else ""
        children = [code for code in codes if code.parent == frame.id]
        wanted |= {code.id: row[i] if i < len(row) else "" for i, code in enumerate(children)}
    left = iter([key for key in SPARE if key not in wanted.values()])
    return {code.id: wanted[code.id] or next(left, "") for code in codes}
