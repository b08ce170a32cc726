"""How far the plan is, when to stop, and retraining with what it changed."""

from __future__ import annotations

from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pipeline import store
from pipeline.errors import PipelineError
from pipeline.model import Row
from pipeline.workbench import views
from pipeline.workbench.bench import Bench
from pipeline.workbench.changed import result_path
from pipeline.workbench.web import bench_of, body_of, page, partial

MOST_FLIPS = 100


def progress_page(request: Request) -> Response:
    """The plan by round and stratum, the coders' counts, and the button to train anew."""
    bench = bench_of(request)
    counts = {coder: len(keys) for coder, keys in bench.others.by_coder().items()} | {bench.coder: len(bench.current_labels())}
    return page(request, "progress.html", title="Progress", progress=views.progress(bench), strata=strata(bench),
                coders=sorted(counts.items()), retrain=bench.retrain.view())  # fmt: skip


def strata(bench: Bench) -> list[Row]:
    """For each round and stratum: passages drawn, their probability, how many go to all coders, how many are labelled."""
    mine = {key for key, given in bench.log.history.items() if given[-1].status == "coded"}
    anyone = mine | bench.others.keys()
    rows: dict[tuple[str, str], Row] = {}
    for one in bench.queue:
        start = {"scheme": one.scheme, "stratum": one.stratum, "probability": one.probability, "counts": Counter()}
        counts = rows.setdefault((one.scheme, one.stratum), start)["counts"]
        counts.update({"drawn": 1, "shared": one.shared, "mine": one.key in mine, "anyone": one.key in anyone})
    return [rows[key] for key in sorted(rows)]


def advice_part(request: Request) -> HTMLResponse:
    """The stopping advice, loaded after the page since it reads all labels."""
    from pipeline.workbench.advising import study_advice  # numpy, which the first page does not wait for

    return partial(request, "advice.html", advice=study_advice(bench_of(request)))


async def api_retrain(request: Request) -> Response:
    """Start a retraining (POST), or tell how far it is."""
    bench = bench_of(request)
    if request.method == "POST":
        await body_of(request)
        await run_in_threadpool(bench.retrain.start)
    return JSONResponse(bench.retrain.view())


def changes_page(request: Request) -> Response:
    """What the last retraining changed; a passage the coder has not labelled is shown only when asked for, and never from the plan."""
    bench = bench_of(request)
    path = result_path(bench.study)
    if not path.is_file():
        raise PipelineError("Nothing has been retrained here yet.", "Use the button on the page Progress.")
    found = store.read_json(path)
    everything = request.query_params.get("show") == "all"
    shown, kept_back = sorted_flips(bench, found["flips"], everything)
    texts = {row["id"]: bench.corpus.passage(row["id"])["text"] for row in shown}
    return page(request, "changes.html", title="What changed", found=found, flips=shown, texts=texts, kept_back=kept_back,
                everything=everything, book=bench.book)  # fmt: skip


def sorted_flips(bench: Bench, flips: list[Row], everything: bool) -> tuple[list[Row], Counter[str]]:
    """The flips that may be shown (at most a hundred), and how many are kept back since they are planned or unlabelled."""
    mine = {label.passage_id for label in bench.current_labels().values()}
    planned = {one.passage_id for one in bench.queue} - mine
    seen = mine | bench.revealed.ids
    may = [row for row in flips if row["id"] not in planned and (everything or row["id"] in seen)][:MOST_FLIPS]
    bench.revealed.add(row["id"] for row in may if row["id"] not in seen)
    hidden = [row for row in flips if row["id"] in planned or row["id"] not in (mine | bench.revealed.ids)]
    return may, Counter("planned" if row["id"] in planned else "unlabelled" for row in hidden)


ROUTES = [
    Route("/progress", progress_page),
    Route("/progress/advice", advice_part),
    Route("/progress/changes", changes_page),
    Route("/api/retrain", api_retrain, methods=["GET", "POST"]),
]
NAV = [("/progress", "Progress")]
