"""The primitives: each is a row with a shape rule, a NumPy truth and a gradient rule.

A new family is a new module in this folder; `graph.registry.load_all` finds it.
"""
