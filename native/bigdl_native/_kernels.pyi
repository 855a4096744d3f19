from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

_Spec = tuple[str, Sequence[Any]]

@final
class Kernel:
    name: str
    def run(
        self,
        inputs: Sequence[np.ndarray],
        outputs: Sequence[np.ndarray],
        threads: int = 1,
    ) -> None: ...
    def in_place(self, output: int) -> int: ...

def make_kernel(
    name: str,
    inputs: Sequence[_Spec],
    outputs: Sequence[_Spec],
    attrs: Mapping[str, Any] | None = None,
    threads: int = 1,
) -> Kernel | None: ...
def kernel_names() -> list[str]: ...
