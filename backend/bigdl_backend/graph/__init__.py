"""Graphs of primitives: trace, differentiate, optimise, plan, run."""
