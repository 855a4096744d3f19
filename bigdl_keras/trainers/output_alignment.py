"""Matching what users give for every output (labels, losses, weights, metrics) with the outputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bigdl_keras import tree


@dataclass(frozen=True)
class Outputs:
    """The leaves of a model's output.

    Attributes:
        structure: the output's structure, with anything at the leaves.
        names: the name of each leaf: the functional model's, else its key in a dict, else `None`.
    """

    structure: Any
    names: tuple[str | None, ...]

    @staticmethod
    def of(y_pred: Any, output_names: Sequence[str] | None) -> "Outputs":
        """The outputs of a model; `output_names` are those of a functional model's leaves."""
        paths = [path for path, _ in tree.flatten_with_path(y_pred)]
        keys = [tuple(path) for path in paths]
        if isinstance(y_pred, dict):
            names: list[str | None] = ["/".join(str(part) for part in key) for key in keys]
        elif output_names is not None and len(output_names) == len(paths):
            names = list(output_names)
        else:
            names = [None] * len(paths)
        return Outputs(tree.map_structure(lambda _: None, y_pred), tuple(names))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def nested(self) -> bool:
        """Whether there is a structure at all, rather than one tensor."""
        return tree.is_nested(self.structure)

    def spread(self, value: Any, what: str) -> list[Any]:
        """One entry of `value` for every leaf; `None` for leaves that a dict does not name.

        Args:
            value: a dict by output names (or keys), a list or tuple in order of the outputs, a
                structure like the output, or one entry when there is one leaf.
            what: what `value` is called in errors.

        Raises:
            ValueError: it fits neither the names nor the structure.
        """
        if isinstance(value, dict) and self._names_only(value):
            return [value.get(name) for name in self.names]
        if not tree.is_nested(value):
            if len(self) == 1:
                return [value]
        elif self._same_shape(value):
            return tree.flatten(value)
        elif isinstance(value, (list, tuple)) and len(value) == len(self):
            return list(value)
        raise ValueError(
            f"`{what}` does not fit the {len(self)} outputs of the model "
            f"({', '.join(str(name) for name in self.names)}): give a list with one entry an "
            f"output, or a dict by output names. Got {tree.map_structure(_shown, value)}."
        )

    def _names_only(self, value: dict[Any, Any]) -> bool:
        return bool(value) and set(value) <= {name for name in self.names if name is not None}

    def _same_shape(self, value: Any) -> bool:
        try:
            tree.assert_same_structure(self.structure, value)
        except ValueError:
            return False
        return True


def _shown(leaf: Any) -> str:
    shape = getattr(leaf, "shape", None)
    return str(leaf) if shape is None else f"<{tuple(shape)}>"
