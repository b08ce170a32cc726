"""The coded corpus as one typed table in Parquet, written in row groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import codebook, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.export.columns import FACTS, Column, chances, decisions, nested, write_dictionary
from pipeline.export.corpus import coded_passages
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

GROUP = 5_000  # passages in a row group
SPAN = pa.struct([
    ("start", pa.int32()), ("end", pa.int32()), ("code", pa.string()), ("rule", pa.string()), ("negated", pa.bool_()),
    ("attributed", pa.bool_()), ("source", pa.string()), ("target", pa.string()),
])  # fmt: skip
TYPES = {"text": pa.string(), "date": pa.string(), "integer": pa.int32(), "boolean": pa.bool_(), "number": pa.float64()}


def columns(book: Codebook) -> list[Column]:
    """The columns, described; hits and roles are lists."""
    facts = [column for column in FACTS if column.name != "roles"]
    lists = [column for column in nested() if column.name.startswith(("roles", "spans", "calibrated"))]
    return [*facts, *decisions(book), *chances(book), *lists]


def schema(book: Codebook) -> Any:
    """The table's types; each plain column carries its meaning."""
    fields = [
        pa.field(column.name, TYPES[column.type], metadata={"meaning": column.meaning, "unit": column.unit})
        for column in columns(book)
        if "[]" not in column.name
    ]
    return pa.schema([*fields, pa.field("roles", pa.list_(pa.string())), pa.field("spans", pa.list_(SPAN))])


def flat_row(row: Row) -> Row:
    """A passage with its codes as columns of their own."""
    present = {code: said["present"] for code, said in row["codes"].items()}
    likely = {f"p:{code}": said["p"] for code, said in row["codes"].items()}
    return {**row, **present, **likely}


def groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in lists of a row group's length."""
    while group := [flat_row(row) for row in islice(rows, GROUP)]:
        yield group


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the table."""
    book = codebook.load(study.codebook_folder)
    shape = schema(book)
    count = 0
    with store.atomic(path, "wb") as file, pq.ParquetWriter(file, shape, compression="zstd") as out:
        for group in groups(coded_passages(study)):
            out.write_table(pa.Table.from_pylist(group, schema=shape))
            count += len(group)
    write_dictionary(path, columns(book))
    return Exported(Counter(passages=count))
