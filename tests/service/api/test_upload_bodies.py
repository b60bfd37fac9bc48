"""How a file may come: as a body or as a part, packed, with its digest, and never cut off."""

import base64
import gzip
import hashlib
import io

import pytest

# What never reaches the database does not depend on its kind.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CSV = b"length,island,alive\r\n1.5,Biscoe,true\r\n,Dream,false\r\n2,NA,true\r\n"
HEADERS = {"Content-Type": "text/csv"}


def multipart(client, content=CSV, name="a.csv", media_type="text/csv", field="file", **more):
    data = {field: (io.BytesIO(content), name, media_type), **more}
    return client.post("/v1/datasets", data=data, content_type="multipart/form-data")


def digest(name, content=CSV):
    value = hashlib.new(name.replace("-", ""), content).digest()
    return f"{name}=:{base64.b64encode(value).decode()}:"


@one_database
@pytest.mark.parametrize("told", ["text/csv", "application/octet-stream"])
def test_a_part_of_a_multipart_body_is_a_file_with_a_name(client, told):
    answer = multipart(client, name="penguins.csv", media_type=told)
    assert answer.status_code == 201
    assert (answer.json["name"], answer.json["media_type"]) == ("penguins.csv", "text/csv")
    assert client.get(answer.json["links"]["content"]).data == CSV


@one_database
@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:/data/a.csv", "a.csv"),
        ("/etc/passwd.csv", "passwd.csv"),
        ("a\x1b.csv", None),
        ("x" * 300 + ".csv", "x" * 200),
    ],
)
def test_the_name_of_a_file_is_a_text_and_never_a_path(client, config, name, called):
    answer = multipart(client, name=name, media_type="text/csv")
    assert (answer.status_code, answer.json["name"]) == (201, called)
    made = {path.relative_to(config.data_dir).parts[0] for path in config.data_dir.rglob("*")}
    assert made <= {
        "blobs",
        "spool",
        "descentd.db",
        "descentd.db-wal",
        "descentd.db-shm",
        ".migrate.lock",
    }


@one_database
def test_a_multipart_body_is_one_file(client, faults, kept):
    assert faults(multipart(client, more="text")).keys() == {""}
    assert faults(multipart(client, field="data")).keys() == {""}
    assert faults(multipart(client, file2=(io.BytesIO(b"x"), "b.csv"))).keys() == {""}
    empty = client.post(
        "/v1/datasets", data=b"--b--\r\n", content_type="multipart/form-data; boundary=b"
    )
    assert faults(empty).keys() == {""}
    assert kept() == set()


@one_database
@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; "
         b'name="file"; filename="a.csv"\r\n\r\nx\n1\n', 400),
        ("multipart/form-data", CSV, 400),
        ("multipart/form-data; boundary=b", b"no part", 400),
        ("multipart/form-data; boundary=b", b"--b\r\nX: y\r\n\r\n1\r\n--b--\r\n", 400),
        ("application/x-www-form-urlencoded", CSV, 415),
        ("text/csv; charset=latin-1", CSV, 415),
        ("image/png", CSV, 415),
    ],
)  # fmt: skip
def test_a_body_that_is_no_file_we_know_is_refused(client, kept, media_type, body, status):
    answer = client.post("/v1/datasets", data=body, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert kept() == set()
    assert client.get("/v1/datasets").json["data"] == []


@one_database
def test_a_part_of_an_unknown_kind_is_refused(client):
    answer = multipart(client, name="a.xlsx", media_type="application/octet-stream")
    assert answer.status_code == 415
    assert "application/octet-stream" in answer.json["detail"]


@one_database
@pytest.mark.parametrize("told", [{}, {"Content_Encoding": "gzip"}])
def test_text_may_be_packed_by_gzip(client, upload, told):
    packed = gzip.compress(CSV)
    shown = upload(packed, **told).json
    assert (shown["rows"], shown["encoding"], shown["size_bytes"]) == (3, "gzip", len(packed))
    content = client.get(shown["links"]["content"])
    assert (content.data, content.mimetype) == (packed, "application/gzip")
    assert "Content-Encoding" not in content.headers


@one_database
def test_a_coding_that_lies_or_is_not_known_is_refused(client, upload, kept):
    assert upload(CSV, Content_Encoding="gzip").status_code == 400
    assert upload(CSV, Content_Encoding="br").status_code == 415
    assert upload(CSV, Content_Encoding="gzip", Content_Type="application/x-npz").status_code == 415
    assert kept() == set()


@one_database
@pytest.mark.parametrize(
    "header",
    [
        digest("sha-256"),
        digest("sha-512"),
        f"{digest('sha-512')}, {digest('sha-256')}",
        f"md5=:AAAA:,{digest('sha-256')}",
    ],
)
def test_a_digest_that_holds_is_taken(upload, header):
    assert upload(Content_Digest=header).status_code == 201


@one_database
@pytest.mark.parametrize(
    ("header", "status"),
    [
        (digest("sha-256", b"other"), 400),
        (f"{digest('sha-256')}, {digest('sha-512', b'other')}", 400),
        ("", 422),
        ("md5=:AAAA:", 422),
        ("sha-256=:AAAA:", 422),
        ("sha-256=AAAA", 422),
        ("sha-256=:A:", 422),
        (f"{digest('sha-256')}, nonsense", 422),
    ],
)
def test_a_digest_that_does_not_hold_leaves_nothing(client, upload, kept, header, status):
    assert upload(Content_Digest=header).status_code == status
    assert kept() == set()
    assert client.get("/v1/datasets").json["data"] == []


@one_database
def test_the_digest_of_a_multipart_body_is_of_all_of_it(client):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        + CSV
        + b"\r\n--b--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    for content, status in ((body, 201), (CSV, 400)):
        headers = kind | {"Content-Digest": digest("sha-256", content)}
        assert client.post("/v1/datasets", data=body, headers=headers).status_code == status


@one_database
def test_a_body_whose_end_nobody_would_miss_is_refused(client, kept):
    chunked = {
        "wsgi.input": io.BufferedReader(io.BytesIO(CSV)),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }
    answer = client.post("/v1/datasets", headers=HEADERS, environ_overrides=chunked)
    assert (answer.status_code, "Content-Digest" in answer.json["detail"]) == (411, True)
    assert kept() == set()
    chunked["wsgi.input"] = io.BufferedReader(io.BytesIO(CSV))
    told = HEADERS | {"Content-Digest": digest("sha-256")}
    answer = client.post("/v1/datasets", headers=told, environ_overrides=chunked)
    assert answer.status_code == 201
