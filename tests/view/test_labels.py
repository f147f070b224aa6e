"""Names on a printed map: on nothing else, beside their place, within their area."""

import numpy as np
import pytest

from sim.view.labels import Box, Sheet, in_area

NO_INK = np.empty((0, 2))
SEED = 5


def overlap(a, b):
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


@pytest.mark.parametrize("count", [1, 40, 400])
def test_no_two_names_overlap_and_none_leaves_the_sheet(count):
    sheet, rng = Sheet(300, 200, NO_INK), np.random.default_rng([SEED, count])
    points = rng.random((count, 2)) * (300, 200)
    boxes = [box for x, y in points if (box := sheet.beside(x, y, 30, 8, 4))]
    assert not [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if overlap(a, b)]
    assert all(min(box.left, box.top) >= 0 and box.right <= 300 and box.bottom <= 200 for box in boxes)
    assert len(boxes) == count if count == 1 else len(boxes) > 20


def test_a_name_lies_on_no_sign_not_even_its_own():
    sheet = Sheet(100, 100, NO_INK)
    sign = Box(46, 46, 54, 54)
    sheet.take(sign)
    assert not [box for _ in range(20) if (box := sheet.beside(50, 50, 20, 6, 5)) and overlap(box, sign)]


def test_a_name_goes_where_there_is_no_road():
    road = np.column_stack([np.linspace(0, 100, 200), np.full(200, 50.0)])  # from west to east through the place
    box = Sheet(100, 100, road).beside(50, 50, 20, 6, 5)
    assert box.bottom < 50 or box.top > 50


def test_a_sheet_without_room_has_no_place_for_a_name():
    assert Sheet(20, 20, NO_INK).beside(10, 10, 30, 8, 4) is None


def test_the_name_of_an_area_lies_within_it_off_the_signs():
    area = np.zeros((40, 60), bool)
    area[10:30, 20:50] = True
    signs = np.zeros_like(area)
    signs[20, 20:50] = True
    left, top = in_area(area, np.zeros_like(area), signs, 12, 4)
    inside = np.s_[top : top + 4, left : left + 12]
    assert area[inside].all() and not signs[inside].any()


def test_a_name_that_is_too_large_for_its_area_leaves_it_as_little_as_can_be_and_one_for_the_map_is_left_out():
    area = np.zeros((10, 30), bool)
    area[4:6, 10:20] = True
    left, top = in_area(area, ~area, ~area & area, 12, 2)
    assert area[top : top + 2, left : left + 12].sum() == 20
    assert in_area(area, area, area, 31, 2) is None
