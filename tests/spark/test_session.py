"""The convenience session, and that nobody pays for Spark who does not use it."""

import subprocess
import sys

import pytest

from bigdl_keras.spark import session


def test_importing_the_library_does_not_import_pyspark():
    code = "import sys, bigdl_keras, bigdl_keras.spark; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


@pytest.mark.spark
def test_a_running_session_is_kept(spark):
    again = session(spark_sql_shuffle_partitions="3")
    assert again.sparkContext is spark.sparkContext
    assert session(spark.sparkContext.master).sparkContext is spark.sparkContext
    with pytest.raises(ValueError, match=r"'local\[4,4\]' is running; stop\(\) it"):
        session("local[1]")
