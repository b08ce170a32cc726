"""Pictures of model cards, as SVG: how quality grows with labels, and whether probabilities mean frequencies."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import vl_convert

from pipeline.codebook import Codebook
from pipeline.model import Row


def colour(book: Codebook) -> alt.Color:
    """Frames in the codebook's colours."""
    frames = list(book.frames)
    return alt.Color("code:N", title=None, scale=alt.Scale(domain=frames, range=[book.code(name).color for name in frames]))


def svg(chart: alt.LayerChart) -> str:
    """A chart drawn on white."""
    drawn: str = vl_convert.vegalite_to_svg(chart.properties(width=460, height=260).configure(background="white").to_json())
    return drawn


def learning_chart(rows: Sequence[Row], book: Codebook) -> str:
    """F1 of each frame, with its interval, against the number of labelled passages trained on."""
    data = pd.DataFrame([{**row, "low": row["f1_interval"][0], "high": row["f1_interval"][1]} for row in rows])
    base = alt.Chart(data).encode(x=alt.X("labels_trained:Q", title="labelled passages trained on"), color=colour(book))
    low = alt.Y("low:Q", title="F1 on held-out documents", scale=alt.Scale(domain=[0, 1]))
    line = base.mark_line(point=True).encode(y="f1:Q", strokeDash=alt.StrokeDash("code:N", legend=None))
    return svg(base.mark_area(opacity=0.15).encode(y=low, y2="high:Q") + line)


def calibration_chart(rows: Sequence[Row], book: Codebook) -> str:
    """Share truly coded against the probability given, by frame; the diagonal is perfect."""
    unit = alt.Scale(domain=[0, 1])
    base = alt.Chart(pd.DataFrame(rows)).encode(x=alt.X("p:Q", title="probability given", scale=unit), color=colour(book))
    points = base.mark_point(filled=True).encode(
        y=alt.Y("share:Q", title="share truly coded", scale=unit), size=alt.Size("n:Q", title="passages")
    )
    line = base.mark_line(opacity=0.6).encode(y="share:Q", strokeDash=alt.StrokeDash("code:N", legend=None))
    diagonal = alt.Chart(pd.DataFrame({"p": [0.0, 1.0]})).mark_line(color="#888", strokeDash=[2, 2]).encode(x="p:Q", y="p:Q")
    return svg(diagonal + line + points)
