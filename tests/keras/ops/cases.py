"""All cases: the same call goes to stock Keras and to this library."""

from tests.keras.ops.case import Case
from tests.keras.ops.elementwise_cases import ELEMENTWISE, REDUCTIONS
from tests.keras.ops.image_cases import IMAGE_CASES
from tests.keras.ops.nn_cases import IMAGES, LINEAR, NN
from tests.keras.ops.structure_cases import CONTROL, CREATION, INDEXING, SHAPING

CASES: dict[str, Case] = {
    **IMAGES,
    **IMAGE_CASES,
    **ELEMENTWISE,
    **REDUCTIONS,
    **SHAPING,
    **INDEXING,
    **LINEAR,
    **NN,
    **CONTROL,
    **CREATION,
}
