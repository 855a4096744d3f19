"""Every configuration of the tables against stock Keras."""

import pytest

from tests.parity.layers import (
    activation_rows,
    attention_rows,
    convolution_rows,
    core_rows,
    merging_rows,
    normalization_rows,
    pooling_rows,
    recurrent_rows,
    reshaping_rows,
)
from tests.parity.layers.check_row import check_row
from tests.parity.layers.row import Row

pytestmark = pytest.mark.parity

TABLES = (
    activation_rows,
    attention_rows,
    convolution_rows,
    core_rows,
    merging_rows,
    normalization_rows,
    pooling_rows,
    recurrent_rows,
    reshaping_rows,
)
ROWS = [row for table in TABLES for row in table.ROWS]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row) -> None:
    check_row(row)
