"""A table of named classes and functions behind each `get` / `serialize` / `deserialize` trio."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from bigdl_keras.core.naming import to_snake_case


class NamedObjects:
    """Objects of one kind ("loss", "initializer", ...) that users may name by a string or a config.

    Args:
        kind: what an object is called in errors.
        objects: classes and functions, each known under its own `__name__`.
        aliases: further names, `{name: class or function}`.
        snake: also know every class under its snake-case name.
    """

    def __init__(
        self,
        kind: str,
        objects: Iterable[Any],
        aliases: Mapping[str, Any] | None = None,
        snake: bool = False,
    ) -> None:
        self.kind = kind
        self.table: dict[str, Any] = {}
        for item in objects:
            if snake:
                self.table[to_snake_case(item.__name__)] = item
            self.table[item.__name__] = item
        self.table.update(aliases or {})

    def serialize(self, item: Any) -> Any:
        """The config of `item`: a dict for instances, a name for functions."""
        from bigdl_keras.saving import serialize_keras_object

        return serialize_keras_object(item)

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The object described by `config`, a dict or a name."""
        from bigdl_keras.saving import deserialize_keras_object

        if isinstance(config, str):
            return self._instance(self.lookup(config, custom_objects))
        bare = isinstance(config, dict) and "module" not in config
        if bare and isinstance(config.get("class_name"), str):
            found: Any = self.lookup(config["class_name"], custom_objects)
            return (
                found.from_config(config.get("config", {}))
                if hasattr(found, "from_config")
                else found
            )
        return deserialize_keras_object(config, custom_objects=custom_objects)

    def lookup(self, name: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The class or function called `name`; user-registered names are known too.

        Raises:
            ValueError: nothing has that name.
        """
        from bigdl_keras.saving import get_registered_object

        found = get_registered_object(name, custom_objects=custom_objects)
        if found is None:
            found = self.table.get(name)
        if found is None:
            known = ", ".join(sorted(self.table))
            raise ValueError(f"Unknown {self.kind} {name!r}. Known names: {known}.")
        return found

    def get(self, identifier: Any) -> Any:
        """`None`, a name, a config dict, a class or an object -> the object (or `None`).

        Raises:
            ValueError: `identifier` is none of these.
        """
        if identifier is None:
            return None
        if isinstance(identifier, (str, dict)):
            return self.deserialize(identifier)
        if callable(identifier):
            return self._instance(identifier)
        raise ValueError(f"Cannot interpret {identifier!r} as a {self.kind}.")

    @staticmethod
    def _instance(item: Any) -> Any:
        return item() if inspect.isclass(item) else item
