"""The table of what `fit` takes on what data."""

import inspect

from bigdl_keras import Model
from bigdl_keras.spark import training


def test_the_table_names_every_argument():
    lines = training.__doc__.split("    argument ")[1].split("\n\n")[0].splitlines()[1:]
    table = {line.split()[0]: line.split()[1:5] for line in lines}
    arguments = [name for name in inspect.signature(Model.fit).parameters if name != "self"]
    on_spark = list(inspect.signature(training.fit_spark).parameters)
    both = [name for name in arguments if name != "spark_options"]
    assert list(table)[: len(both)] == both
    assert set(table) == {*both, *on_spark} - {"model", "data"}
    assert {mark for marks in table.values() for mark in marks} == {"yes", "-"}
    # What only Spark takes is refused elsewhere, and the other way round.
    for name, (arrays, _, frame, rdd) in table.items():
        assert (arrays == "yes") == (name in both)
        assert name in (*on_spark, "x") or (frame, rdd) == ("-", "-")
