from __future__ import annotations

import pytest
from zeromean.tables import Table


def test_a_table_names_its_rows_and_columns_for_screen_readers() -> None:
    """Heads and first entries are header cells; words are escaped."""
    page = Table(["a", "b<c"], [["x", 1]])._repr_html_()
    assert '<th scope="col">b&lt;c</th>' in page
    assert '<tr><th scope="row">x</th><td>1</td></tr>' in page


def test_a_table_reads_well_without_html() -> None:
    """As text, columns stand under their names."""
    assert repr(Table(["rate", "loss"], [["0.1", "2.30"], ["10", "never"]])) == "rate  loss\n0.1   2.30\n10    never"


def test_a_row_of_another_length_is_refused() -> None:
    """The refusal shows the row and both lengths."""
    with pytest.raises(ValueError, match=r"A row has 1 entries under 2 columns: \['x'\]"):
        Table(["a", "b"], [["x"]])


def test_a_column_without_a_name_is_refused() -> None:
    """A screen reader has nothing to say for an empty heading."""
    with pytest.raises(ValueError, match=r"Every column of a table has a name. Got \['', 'b'\]."):
        Table(["", "b"], [])


def test_a_table_that_answers_waits_for_a_guess() -> None:
    """Folded, a table stands behind a click; as text it is as it was."""
    table = Table(["a", "b"], [["x", 1]], fold=True)
    assert table._repr_html_().startswith('<details class="zm-fold">\n<summary>After your guess</summary>\n\n<table>')
    assert repr(table) == repr(Table(["a", "b"], [["x", 1]]))


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("1.386e+10", "1.386×10¹⁰"),
        ("-2e-10", "−2×10⁻¹⁰"),
        ("0e+00", "0"),
        ("1.0e+00", "1"),
        ("5.96e+03", "5960"),
        ("-3.5892", "−3.5892"),
        ("jumps between -0.0050 and +0.0050", "jumps between −0.0050 and +0.0050"),
        ("from 1e-05 on", "from 1×10⁻⁵ on"),
        ("lr=1e-05", "lr=1e-05"),
        ("layer-2, 0-1, f(x)-1", "layer-2, 0-1, f(x)-1"),
        ("2.303 to 2.303", "2.303 to 2.303"),
    ],
)
def test_numbers_are_set(printed: str, expected: str) -> None:
    """Powers of ten are raised and a minus is a minus; code and words with hyphens stay."""
    assert f"<td>{expected}</td>" in Table(["a", "b"], [["x", printed]])._repr_html_()
