"""The primitives: each one is a row with a shape rule, a NumPy truth and a gradient rule.

Importing this package registers every row. A new family is a new module in this folder; nothing else is edited.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
