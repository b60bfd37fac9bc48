import stat

import pytest

from service.blobs import FileBlobs


@pytest.fixture
def blobs(tmp_path):
    return FileBlobs(tmp_path / "blobs")


def contents(blobs, name):
    with blobs.open(name) as file:
        return file.read()


def test_what_is_put_is_what_is_read(blobs):
    blobs.put("datasets/ds_1.json", b"\x00\xff")
    assert contents(blobs, "datasets/ds_1.json") == b"\x00\xff"


def test_a_reader_that_has_it_open_keeps_it_whole(blobs):
    blobs.put("a", b"first")
    with blobs.open("a") as file:
        blobs.put("a", b"second")
        blobs.delete("a")
        assert file.read() == b"first"


def test_what_is_deleted_is_gone_and_may_be_deleted_again(blobs):
    blobs.put("a", b"1")
    blobs.delete("a")
    blobs.delete("a")
    with pytest.raises(FileNotFoundError):
        blobs.open("a")


def test_others_may_not_read(blobs, tmp_path):
    blobs.put("datasets/a.json", b"1")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("blobs/**/*")}
    assert modes == {
        tmp_path / "blobs/aside": 0o700,
        tmp_path / "blobs/datasets": 0o700,
        tmp_path / "blobs/datasets/a.json": 0o600,
    }


def test_a_put_that_fails_leaves_nothing(blobs):
    with pytest.raises(TypeError):
        blobs.put("datasets/a.json", "text is no bytes")
    assert list(blobs.names()) == []


def test_every_name_in_use_is_listed_that_of_a_put_cut_off_too(blobs, tmp_path):
    assert list(blobs.names()) == []
    blobs.put("datasets/a.json", b"1")
    blobs.put("b", b"2")
    (tmp_path / "blobs/aside/0123").write_bytes(b"half")
    assert set(blobs.names()) == {"datasets/a.json", "b", "aside/0123"}
    for name in list(blobs.names()):
        blobs.delete(name)
    assert list(blobs.names()) == []


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../../b", ".hidden", "a//b", "", "a\n"])
def test_no_name_leads_out_of_the_directory(blobs, name):
    for use in (blobs.open, blobs.delete, lambda name: blobs.put(name, b"1")):
        with pytest.raises(ValueError, match="not the name of a blob"):
            use(name)
