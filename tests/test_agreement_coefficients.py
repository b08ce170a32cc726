"""Coefficients of agreement against published examples, other people's programs, and common sense."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.agreement import coefficients as c

OF_SUMS = {"alpha": c.krippendorff_alpha, "ac1": c.gwet_ac1, "raw": c.raw_agreement, "positive": c.specific_agreement}
TABLES = (
    st.integers(2, 5)
    .flatmap(
        lambda coders: st.lists(st.lists(st.sampled_from([0, 1, c.MISSING]), min_size=coders, max_size=coders), min_size=1, max_size=25)
    )
    .map(lambda rows: np.array(rows, dtype=np.int8))
)


def spelled(*coders):
    """Units x coders from each coder's values, `.` for none; and how many values there are."""
    columns = [coder.split() for coder in coders]
    names = sorted({value for column in columns for value in column} - {"."})
    return np.array([[names.index(v) if v != "." else c.MISSING for v in unit] for unit in zip(*columns, strict=True)], dtype=np.int8), len(
        names
    )


def crossed(*rows):
    """Units x two coders from a contingency table: first coder in rows, second in columns."""
    return np.array([(i, j) for i, row in enumerate(rows) for j, times in enumerate(row) for _ in range(times)], dtype=np.int8), len(rows)


def every(table, values=2):
    """All coefficients of a table."""
    s = c.sums(c.value_counts(table, values))
    made = {name: float(function(s)) for name, function in OF_SUMS.items()} | {"negative": float(c.specific_agreement(s, 0))}
    return made | {"kappa": float(c.light_kappa(c.pair_tables(table, values).sum(axis=0))), "prevalence": float(c.prevalence(s))}


PUBLISHED = {
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example A: two observers, binary
    "Krippendorff A": (spelled("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), {"alpha": 0.095}),
    # the same, example B: two observers, five nominal values
    "Krippendorff B": (spelled("a a b b d c c c e d d a", "b a b b b c c c e d d d"), {"alpha": 0.692}),
    # the same, example C: four observers, gaps; AC1 and raw agreement of these data: Gwet's own irrCAC (cac.raw4raters)
    "Krippendorff C": (
        spelled("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."),
        {"alpha": 0.743, "ac1": 0.77544, "raw": 0.8181818},
    ),
    # Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.: two abstractors, 100 pregnancies; figures of irrCAC
    "Gwet abstractors": (
        crossed([13, 0, 0], [0, 20, 7], [0, 4, 56]),
        {"kappa": 0.7964094, "ac1": 0.8493305, "alpha": 0.7972585, "raw": 0.89},
    ),
    # Gwet (2002), Kappa statistic is not satisfactory for assessing the extent of agreement: nearly all agree, kappa below zero
    "Gwet high agreement": (crossed([0, 2], [5, 118]), {"kappa": -0.0234, "ac1": 0.9408, "raw": 0.944}),
    # Cohen (1960), table 1, also Cohen (1968): two judges, three diagnoses, 200 patients
    "Cohen": (crossed([88, 14, 18], [10, 40, 10], [2, 6, 12]), {"kappa": 0.492, "raw": 0.70}),
    # Feinstein and Cicchetti (1990), the first paradox: same raw agreement, balanced and not;
    # specific agreement of the same tables: Cicchetti and Feinstein (1990)
    "paradox balanced": (crossed([45, 6], [9, 40]), {"kappa": 0.70, "raw": 0.85, "positive": 0.84, "negative": 0.86}),
    "paradox skewed": (crossed([5, 5], [10, 80]), {"kappa": 0.32, "raw": 0.85, "positive": 0.91, "negative": 0.40}),
    # the second paradox: like against unlike marginals, kappa the higher where coders differ more in how often they say yes
    "paradox like marginals": (crossed([15, 25], [15, 45]), {"kappa": 0.13, "raw": 0.60}),
    "paradox unlike marginals": (crossed([35, 5], [35, 25]), {"kappa": 0.26, "raw": 0.60}),
    # Two coders mark 200 of 1,000 characters each, 100 of them the same
    "characters": (crossed([700, 100], [100, 100]), {"kappa": 0.375}),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_coefficients__published(name):
    (table, values), wanted = PUBLISHED[name]
    found = every(table, values)
    for coefficient, value in wanted.items():
        decimals = len(str(value).split(".")[1])
        assert found[coefficient] == pytest.approx(value, abs=0.51 * 10**-decimals), coefficient


@given(TABLES)
def test_krippendorff_alpha__agrees_with_the_package(table):
    double = table[c.double_coded(table)]
    ours = every(table)["alpha"]
    if len(set(double[double != c.MISSING].tolist())) < 2:
        assert np.isnan(ours)
    else:
        data = np.where(table == c.MISSING, np.nan, table).T
        assert ours == pytest.approx(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


@given(TABLES)
def test_light_kappa__is_the_mean_of_scikit_learn_s_over_pairs(table):
    pairs = []
    for i in range(table.shape[1]):
        for j in range(i + 1, table.shape[1]):
            both = table[(table[:, [i, j]] != c.MISSING).all(axis=1)][:, [i, j]]
            if len(set(both.ravel().tolist())) == 2:
                pairs.append(cohen_kappa_score(both[:, 0], both[:, 1]))
    assert every(table)["kappa"] == pytest.approx(np.mean(pairs) if pairs else float("nan"), nan_ok=True)


@given(TABLES, st.randoms())
def test_coefficients__order_of_units_and_coders_is_nothing(table, random):
    coders, units = list(range(table.shape[1])), list(range(len(table)))
    random.shuffle(coders)
    random.shuffle(units)
    assert every(table[units][:, coders]) == pytest.approx(every(table), nan_ok=True)


@given(TABLES)
def test_coefficients__calling_absent_present_swaps_only_what_speaks_of_presence(table):
    swapped, found = every(np.where(table == c.MISSING, table, 1 - table).astype(np.int8)), every(table)
    for name in ("alpha", "ac1", "kappa", "raw"):
        assert swapped[name] == pytest.approx(found[name], nan_ok=True)
    assert swapped["positive"] == pytest.approx(found["negative"], nan_ok=True)
    assert swapped["prevalence"] == pytest.approx(1 - found["prevalence"], nan_ok=True)


@given(st.lists(st.sampled_from([0, 1]), min_size=2, max_size=20), st.integers(2, 5))
def test_coefficients__perfect_agreement_is_one_or_undefined(codes, coders):
    found = every(np.array([[code] * coders for code in codes], dtype=np.int8))
    both = len(set(codes)) == 2
    assert found["raw"] == 1 and found["ac1"] == 1
    assert found["alpha"] == pytest.approx(1 if both else float("nan"), nan_ok=True)
    assert found["kappa"] == pytest.approx(1 if both else float("nan"), nan_ok=True)
    assert found["positive"] == pytest.approx(1 if 1 in codes else float("nan"), nan_ok=True)


@given(TABLES)
def test_coefficients__never_above_one(table):
    assert all(np.isnan(value) or value <= 1 + 1e-12 for value in every(table).values())


@pytest.mark.parametrize(
    "rows", [[], [[1, c.MISSING], [c.MISSING, 0]], [[c.MISSING, c.MISSING]]], ids=["no units", "no common units", "no codes"]
)
def test_coefficients__nothing_in_common_is_undefined_not_one(rows):
    found = every(np.array(rows, dtype=np.int8).reshape(-1, 2))
    assert all(np.isnan(value) for value in found.values()), found


def test_specific_agreement__by_hand_for_three_coders():
    """Codes present: 3 of 3, 2 of 3, 1 of 3; chance that another coder of the passage says so too: 1, 1/2, 0."""
    table = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 1]], dtype=np.int8)
    assert every(table)["positive"] == pytest.approx((3 * 1 + 2 * 0.5 + 1 * 0) / 6)


def test_coefficients__a_rare_code_agreed_upon_half_the_time():
    """What alpha alone hides: 2 of 4 rare cases agreed upon among 200 passages."""
    found = every(crossed([196, 1], [1, 2])[0])
    assert found["alpha"] < 0.67 < found["ac1"] and found["positive"] == pytest.approx(2 / 3) and found["prevalence"] == 6 / 400
