"""The mark of objects whose state is written to weight files."""

from __future__ import annotations


class KerasSaveable:
    """Anything with state of its own, found through the attributes of what is saved.

    Subclasses may have ``save_own_variables(store)`` and ``load_own_variables(store)``.
    """

    def _obj_type(self) -> str:
        """The kind of object: Layer, Sequential, Functional, Model, Optimizer, Metric, Loss, ..."""
        raise NotImplementedError(f"{type(self).__name__} does not say what kind of object it is")
