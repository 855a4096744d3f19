"""The state of a model, written to and read from weight files."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.saving.h5_store import H5Reader, H5Writer
from bigdl_keras.saving.state_walk import children


def write_state(
    model: KerasSaveable, store: H5Writer, assets: Path | None = None, skip: Iterable[Any] = ()
) -> None:
    """Write the variables of ``model`` and everything in it, and files of layers to ``assets``.

    The objects in ``skip``, and what only they hold, are left out.
    """
    seen = {id(item) for item in skip}

    def write(item: KerasSaveable, path: str) -> None:
        if id(item) in seen:
            return
        seen.add(id(item))
        if hasattr(item, "save_own_variables"):
            name = getattr(item, "name", None)
            item.save_own_variables(store.group(path, name if isinstance(name, str) else None))
        if assets is not None and hasattr(item, "save_assets"):
            folder = assets / path
            folder.mkdir(parents=True, exist_ok=True)
            item.save_assets(str(folder))
        for child_path, child in children(item, path):
            write(child, child_path)

    write(model, "")


def read_state(
    model: KerasSaveable,
    store: H5Reader,
    assets: Path | None = None,
    skip_mismatch: bool = False,
    skip: Iterable[Any] = (),
) -> None:
    """Set the variables of ``model`` and everything in it.

    An object that several paths lead to is read from the first that fits. The objects in ``skip``
    stay as they are.

    Raises ``ValueError`` naming the objects that no path fits; with ``skip_mismatch`` it warns.
    """
    loaded = {id(item) for item in skip}
    entered: set[int] = set()
    failed: dict[int, tuple[KerasSaveable, Exception]] = {}

    def read(item: KerasSaveable, path: str) -> None:
        if id(item) in loaded or id(item) in entered:
            return
        entered.add(id(item))
        try:
            if hasattr(item, "load_own_variables"):
                item.load_own_variables(store.group(path))
            if assets is not None and hasattr(item, "load_assets"):
                item.load_assets(str(assets / path))
            loaded.add(id(item))
            failed.pop(id(item), None)
        except (ValueError, KeyError, OSError) as error:
            failed[id(item)] = (item, error)
        for child_path, child in children(item, path):
            read(child, child_path)
        entered.discard(id(item))

    read(model, "")
    if failed:
        item, error = next(iter(failed.values()))
        message = (
            f"A total of {len(failed)} objects could not be loaded. Example error message for "
            f"object {item}:\n\n{error}\n\nList of objects that could not be loaded:\n"
            f"{[item for item, _ in failed.values()]}"
        )
        if not skip_mismatch:
            raise ValueError(message)
        warnings.warn(message, stacklevel=3)
