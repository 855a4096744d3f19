"""Where Spark encrypts what it sends, so do we: driver, workers, and the exchange among them."""

import numpy as np
import pytest

from bigdl_backend.spark import wire
from tests.spark.conftest import MASTERS, running
from tests.spark.models import COLUMNS, curve, frame_of, mlp, rows

pytestmark = pytest.mark.spark

ENCRYPTING = {
    "spark.authenticate": "true",
    "spark.authenticate.secret": "of the tests",
    "spark.network.crypto.enabled": "true",
    "spark.io.encryption.enabled": "true",
    "spark.executorEnv.BIGDL_KERAS_SHM": "0",
}


@pytest.mark.parametrize("settings", [{}, ENCRYPTING], ids=["plain", "encrypted"])
def test_weights_show_only_where_nothing_is_encrypted(settings, monkeypatch):
    received, read_exactly = [], wire.read_exactly

    def recorded(connection, length):
        content = read_exactly(connection, length)
        received.append(bytes(content))
        return content

    monkeypatch.setattr(wire, "read_exactly", recorded)
    spark = running(MASTERS["cluster"], **settings)
    x, y = rows(40)
    model, again = mlp(), mlp()
    distributed, _ = curve(model, frame_of(spark, x, y), num_workers=2, seed=1, **COLUMNS)
    alone, _ = curve(again, frame_of(spark, x, y), num_workers=1, seed=1, **COLUMNS)
    np.testing.assert_allclose(distributed, alone, rtol=1e-4)
    kernel = model.get_weights()[0].tobytes()
    assert any(kernel in part for part in received) == (not settings)
