"""On which page a passage begins, as the page is labelled in print."""

import pytest

from pipeline.pages import page_of

PAGES = [[0, "iv"], [100, "1"], [250, "2"]]


@pytest.mark.parametrize(
    ("pages", "start", "page"), [(PAGES, 0, "iv"), (PAGES, 99, "iv"), (PAGES, 100, "1"), (PAGES, 900, "2"), ([], 7, "")]
)
def test_page_of__the_page_that_holds_the_character(pages, start, page):
    assert page_of({"metadata": {"pages": pages}}, start) == page


def test_page_of__a_form_without_pages_and_a_text_before_the_first():
    assert page_of({"metadata": {}}, 5) == "" == page_of({"metadata": {"pages": [[10, "1"]]}}, 5)
