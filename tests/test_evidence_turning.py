"""Turning points: found where they are, not found where there are none."""

import numpy as np
import pytest

from pipeline.evidence.turning import FEWEST, contrasts, in_time, leans, turning_points


def test_contrasts__by_hand():
    """Series 0, 0, 2, 2 with even weights: between its halves the means part by 2, its spread is 1, so 2 * sqrt(2 * 2 / 4)."""
    found = contrasts(np.array([[0.0], [0], [2], [2]]), np.ones(4))[:, 0]
    assert found == pytest.approx([4 / 3 * np.sqrt(3 / 4), 2.0, 4 / 3 * np.sqrt(3 / 4)])


def test_turning_points__found_where_it_is():
    rng = np.random.default_rng(1)
    series = np.column_stack([np.where(np.arange(60) < 37, 0.0, 1.5), np.zeros(60)]) + 0.6 * rng.standard_normal((60, 2))
    first, second = turning_points(series, np.ones(60), seed=0, permutations=499)
    assert abs(first.first - 37) <= 2 and first.p == 1 / 500 and first.after - first.before == pytest.approx(1.5, abs=0.4)
    assert second.p > 0.05 and first.looks == second.looks == (60 - 2 * FEWEST + 1) * 2


def test_turning_points__false_alarms_are_as_rare_as_promised():
    rng = np.random.default_rng(2)
    alarms = [min(t.p for t in turning_points(rng.standard_normal((30, 3)), rng.uniform(1, 5, 30), i, 199)) <= 0.05 for i in range(200)]
    assert 0.01 <= np.mean(alarms) <= 0.10


def test_turning_points__a_heavy_document_is_not_a_turn():
    series = np.zeros((20, 1))
    series[9] = 3.0
    assert turning_points(series, np.ones(20), 0, 199)[0].p > 0.05


def test_turning_points__too_few_documents():
    assert turning_points(np.zeros((2 * FEWEST - 1, 1)), np.ones(2 * FEWEST - 1), 0) == []


def test_leans__decibans_a_statement():
    ratios = np.array([[2.0, -1.0]])
    assert leans(np.array([[3.0, 1.0], [0, 0], [-1.0, 2.0]]), ratios)[:, 0].tolist() == [1.25, 0.0, -1.0]


def test_in_time__undated_are_left_out_and_ties_stay():
    assert in_time(["1962", "", "1950-03-01", "1962", "1950"]) == [4, 2, 0, 3]
