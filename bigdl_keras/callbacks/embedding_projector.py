"""Embeddings for TensorBoard's projector, as text it reads without a checkpoint."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bigdl_keras.saving.places import write_atomically


class EmbeddingProjector:
    """Writes the vectors of all `Embedding` layers and the file that lists them.

    Args:
        folder: where TensorBoard looks.
        model: the model.
        metadata: file with a label for every row: for all layers, or by layer names.

    Raises:
        ValueError: `metadata` names a layer that is no `Embedding` of the model.
    """

    def __init__(self, folder: str, model: Any, metadata: str | Mapping[str, str] | None) -> None:
        from bigdl_keras.layers import Embedding

        self._folder = Path(folder)
        self._layers = [layer for layer in model.layers if isinstance(layer, Embedding)]
        names = [layer.name for layer in self._layers]
        labels = dict.fromkeys(names, metadata) if isinstance(metadata, str) else metadata or {}
        unknown = sorted(set(labels) - set(names))
        if unknown:
            raise ValueError(
                f"`embeddings_metadata` names {unknown}; the Embedding layers of the model are "
                f"{names}."
            )
        entries = [self._entry(name, labels.get(name)) for name in names]
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "projector_config.pbtxt").write_text("".join(entries))

    @staticmethod
    def _entry(name: str, metadata: str | None) -> str:
        lines = [f'tensor_name: "{name}"', f'tensor_path: "{_file_name(name)}"']
        if metadata is not None:
            lines.append(f'metadata_path: "{os.fspath(metadata)}"')
        return "embeddings {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"

    def write(self) -> None:
        """Write the present vectors, in place of the last ones."""
        for layer in self._layers:
            vectors = layer.embeddings.numpy().astype("float32")
            write_atomically(
                self._folder / _file_name(layer.name),
                lambda path, vectors=vectors: np.savetxt(path, vectors, "%.9g", "\t"),  # type: ignore[misc]
            )


def _file_name(layer: str) -> str:
    return f"{layer}.tsv"
