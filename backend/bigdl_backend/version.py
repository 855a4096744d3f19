"""The version of all three packages, here because workers load no other of them than this and the native one."""

__version__ = "0.1.0"
