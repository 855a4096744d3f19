import keras
import numpy as np
import pytest

import bigdl_keras as ours

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


def residual_model(library):
    class Residual(library.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.project = library.layers.Dense(units, name="project")
            self.blocks = [library.layers.Dense(units, name=f"block{i}") for i in range(2)]
            self.heads = {"out": library.layers.Dense(1, name="head")}

        def call(self, x, training=False):
            x = self.project(x)
            for block in self.blocks:
                x = x + block(x)
            return self.heads["out"](x)

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return Residual


@LIBRARIES
def test_is_built_by_its_first_call(library):
    model = residual_model(library)(4, name="m")
    assert model(np.ones((2, 3), "float32")).shape == (2, 1)
    assert [w.path for w in model.weights] == [
        f"m/{layer}/{w}"
        for layer in ("project", "block0", "block1", "head")
        for w in ("kernel", "bias")
    ]
    assert [layer.name for layer in model.layers] == ["project", "block0", "block1", "head"]
    assert model(library.Input((3,))).shape == (None, 1)


@LIBRARIES
def test_revives_from_its_config(library):
    model = residual_model(library)(4, name="m")
    model(np.ones((2, 3), "float32"))
    copy = type(model).from_config(model.get_config())
    copy.build_from_config(model.get_build_config())
    copy.set_weights(model.get_weights())
    x = np.ones((2, 3), "float32")
    np.testing.assert_allclose(copy(x), model(x), rtol=1e-6)


def test_a_model_that_cannot_be_built_from_its_config_warns():
    class Fragile(ours.Model):
        def __init__(self, broken=False):
            super().__init__()
            self.dense, self.broken = ours.layers.Dense(1), broken

        def call(self, x):
            if self.broken:
                raise RuntimeError("not today")
            return self.dense(x)

    with pytest.warns(UserWarning, match="cannot be built automatically.*not today"):
        Fragile(broken=True).build_from_config({"input_shape": (None, 3)})


@LIBRARIES
def test_without_call(library):
    class Empty(library.Model):
        pass

    with pytest.raises(NotImplementedError, match="does not have a `call"):
        Empty()(np.ones(2, "float32"))
