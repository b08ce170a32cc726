"""Who adjudicates without coding: listed once, for good."""

from concurrent.futures import ThreadPoolExecutor

from pipeline import adjudicators


def test_declare__once_each_whoever_comes_first(project):
    study = project.study()
    assert adjudicators.declared(study) == frozenset()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: adjudicators.declare(study, f"c{n % 3}", "2026-11-25T10:00:00Z"), range(24)))
    assert adjudicators.declared(study) == {"c0", "c1", "c2"}
    assert len(adjudicators.path_of(study).read_text().splitlines()) == 3
