"""How often something changed that traced steps depend on."""

_count = 0


def note_change() -> None:
    """Say that layers or variables came, went, froze or learnt what is not in a variable."""
    global _count
    _count += 1


def changes() -> int:
    """All changes so far, of any model: while the number stays, nothing has to be looked at again."""
    return _count
