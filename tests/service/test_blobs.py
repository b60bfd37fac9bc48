"""What is promised of blobs holds for files and for a store that speaks S3 alike."""

import stat
import threading

import pytest

from service.blobs import FileBlobs, StoreError, open_blobs
from service.blobs.address import s3_address
from service.blobs.cache import Cache
from service.blobs.s3 import PART_BYTES, S3Blobs
from service.config import Config

MIB = 1024 * 1024


@pytest.fixture
def files(tmp_path):
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
def store(store_url, tmp_path):
    return S3Blobs(store_url, Cache(tmp_path / "cache", 1024**3))


@pytest.fixture(params=["files", "store"])
def blobs(request):
    return request.getfixturevalue(request.param)


def contents(blobs, name):
    with blobs.open(name) as file:
        return file.read()


@pytest.fixture
def source(tmp_path):
    """Makes a file to hand over."""

    def make(content):
        path = tmp_path / "source"
        path.write_bytes(content)
        return path

    return make


def test_what_is_put_is_what_is_read(blobs, source):
    blobs.put("datasets/ds_1.json", b"\x00\xff")
    blobs.put_file("datasets/ds_2.csv", source(b"a,b\r\n"))
    assert contents(blobs, "datasets/ds_1.json") == b"\x00\xff"
    assert contents(blobs, "datasets/ds_2.csv") == b"a,b\r\n"
    assert [blobs.size(f"datasets/ds_{name}") for name in ("1.json", "2.csv")] == [2, 5]
    with blobs.path("datasets/ds_2.csv") as path:
        assert path.read_bytes() == b"a,b\r\n"


def test_what_takes_many_parts_is_read_whole_in_pieces(blobs, source):
    content = bytes(range(256)) * (2 * PART_BYTES // 256) + b"end"
    blobs.put_file("a", source(content))
    assert blobs.size("a") == len(content)
    with blobs.open("a") as file:
        assert b"".join(iter(lambda: file.read(MIB), b"")) == content
    with blobs.path("a") as path:
        assert path.read_bytes() == content
    assert list(blobs.names()) == ["a"]


def test_a_reader_that_has_it_open_keeps_it_whole(blobs):
    blobs.put("a", b"first")
    with blobs.open("a") as file:
        blobs.delete("a")
        assert file.read() == b"first"


def test_what_is_deleted_is_gone_and_may_be_deleted_again(blobs):
    blobs.put("a", b"1")
    with blobs.path("a"):
        pass
    blobs.delete("a")
    blobs.delete("a")
    for look in (blobs.open, blobs.size, lambda name: blobs.path(name).__enter__()):
        with pytest.raises(FileNotFoundError):
            look("a")


def test_a_put_that_fails_leaves_nothing(blobs, tmp_path):
    with pytest.raises(TypeError):
        blobs.put("datasets/a.json", "text is no bytes")
    with pytest.raises(FileNotFoundError):
        blobs.put_file("datasets/b.json", tmp_path / "nowhere")
    assert list(blobs.names()) == []


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../../b", ".hidden", "a//b", "", "a\n"])
def test_no_name_leads_out_of_the_directory(blobs, name, source):
    uses = (
        blobs.open,
        blobs.delete,
        blobs.size,
        lambda name: blobs.put(name, b"1"),
        lambda name: blobs.put_file(name, source(b"1")),
        lambda name: blobs.path(name).__enter__(),
    )
    for use in uses:
        with pytest.raises(ValueError, match="not the name of a blob"):
            use(name)


def test_every_name_in_use_is_listed(blobs):
    assert list(blobs.names()) == []
    blobs.put("datasets/a.json", b"1")
    blobs.put("b", b"2")
    assert set(blobs.names()) == {"datasets/a.json", "b"}
    for name in list(blobs.names()):
        blobs.delete(name)
    assert list(blobs.names()) == []


def test_a_file_that_was_not_written_to_its_end_is_listed_and_can_be_cleared(files, tmp_path):
    (tmp_path / "blobs/aside").mkdir(parents=True)
    (tmp_path / "blobs/aside/0123").write_bytes(b"half")
    assert list(files.names()) == ["aside/0123"]
    files.delete("aside/0123")
    assert list(files.names()) == []


def test_others_may_not_read(files, tmp_path, source):
    files.put("datasets/a.json", b"1")
    files.put_file("datasets/b.json", source(b"1"))
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("blobs/**/*")}
    assert modes == {
        tmp_path / "blobs/aside": 0o700,
        tmp_path / "blobs/datasets": 0o700,
        tmp_path / "blobs/datasets/a.json": 0o600,
        tmp_path / "blobs/datasets/b.json": 0o600,
    }


def test_parts_without_an_end_are_no_object_are_listed_and_can_be_cleared(
    store, store_url, store_client
):
    address = s3_address(store_url)
    place = {"Bucket": address.bucket, "Key": f"{address.prefix}/datasets/a"}
    upload = store_client.create_multipart_upload(**place)["UploadId"]
    store_client.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"half")
    with pytest.raises(FileNotFoundError):
        store.open("datasets/a")
    (name,) = store.names()
    assert name.startswith("aside/")
    store.delete(name)
    assert list(store.names()) == []
    assert "Uploads" not in store_client.list_multipart_uploads(Bucket=address.bucket)


def test_what_lies_beside_the_prefix_is_not_touched(store, store_url, store_client):
    bucket = s3_address(store_url).bucket
    store_client.put_object(Bucket=bucket, Key="photo", Body=b"1")
    store_client.put_object(Bucket=bucket, Key="descentd/here/No Name", Body=b"1")
    store.put("a", b"1")
    assert list(store.names()) == ["a"]


def test_a_store_that_does_not_answer_is_trouble_and_not_a_blob_that_is_missing(tmp_path, store):
    store.put("a", b"1")
    nobody = S3Blobs("s3://bucket/x?endpoint=http://127.0.0.1:1", Cache(tmp_path / "cache", 10))
    for use in (nobody.open, nobody.size, nobody.delete, lambda name: nobody.put(name, b"1")):
        with pytest.raises(StoreError):
            use("a")
    with pytest.raises(StoreError), nobody.path("a"):
        pass
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_settings_choose_the_store(tmp_path, store_url):
    settings = {"DESCENTD_DATA_DIR": str(tmp_path)}
    assert isinstance(open_blobs(Config.from_environment(settings)), FileBlobs)
    chosen = Config.from_environment(settings | {"DESCENTD_BLOBS_URL": store_url})
    assert isinstance(open_blobs(chosen), S3Blobs)


class Fetch:
    """What a cache asks for its bytes, and how often it did."""

    def __init__(self, content):
        self.content = content
        self.times = 0

    def __call__(self, file):
        self.times += 1
        file.write(self.content)


def read(cache, name, fetch):
    with cache.copy(name, fetch) as path:
        return path.read_bytes()


def test_a_copy_is_fetched_once(tmp_path):
    cache, fetch = Cache(tmp_path, 100), Fetch(b"1")
    assert [read(cache, "a", fetch) for _ in range(2)] == [b"1", b"1"]
    assert fetch.times == 1


def test_the_oldest_copies_give_way_but_none_that_is_read(tmp_path):
    cache = Cache(tmp_path, 10)
    fetches = {name: Fetch(name.encode() * 4) for name in "abcd"}
    with cache.copy("a", fetches["a"]) as held:
        for name in "bcdab":
            assert read(cache, name, fetches[name]) == name.encode() * 4
        assert held.read_bytes() == b"aaaa"
    assert {name: fetch.times for name, fetch in fetches.items()} == {
        "a": 1,
        "b": 2,
        "c": 1,
        "d": 1,
    }


def test_a_copy_larger_than_all_the_room_is_read_all_the_same(tmp_path):
    cache, fetch = Cache(tmp_path, 3), Fetch(b"12345")
    assert read(cache, "a", fetch) == b"12345"
    read(cache, "b", Fetch(b"1"))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_fetch_that_fails_leaves_nothing(tmp_path):
    def half(file):
        file.write(b"half")
        raise StoreError("gone")

    with pytest.raises(StoreError), Cache(tmp_path, 10).copy("a", half):
        pass
    assert list(tmp_path.iterdir()) == []


def test_many_that_ask_at_once_all_read_the_whole(tmp_path, at_once):
    content = b"0123456789" * 100_000
    barrier = threading.Barrier(4)

    def fetch(file):
        file.write(content)

    def ask():
        barrier.wait()
        return read(Cache(tmp_path, 0), "a", fetch)

    assert at_once([ask] * 4) == [content] * 4


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3://bucket",
        "s3://bucket/",
        "http://bucket/prefix",
        "s3://Bucket!/prefix",
        "s3://bucket/a b",
        "s3://user:secret@bucket/prefix",
        "s3://bucket/prefix?endpoint=ftp://x",
        "s3://bucket/prefix?endpoint=https://key:secret@x",
        "s3://bucket/prefix?region=",
        "s3://bucket/prefix?secret=1",
        "s3://bucket/prefix#x",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="s3://bucket/prefix"):
        s3_address(url)


def test_an_address_is_read():
    address = s3_address("s3://my.bucket/a/b?endpoint=http://localhost:9000&region=eu-west-1")
    assert (address.bucket, address.prefix) == ("my.bucket", "a/b")
    assert (address.endpoint, address.region) == ("http://localhost:9000", "eu-west-1")
