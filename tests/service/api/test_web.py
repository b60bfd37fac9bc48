"""The pages for browsers: whole, their own, kept as long as they are the same."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from service.web_files import WebFiles, web_files

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINKED = re.compile(r'(?:src|href)="(web/[^"]+)"')
IMPORTED = re.compile(r'(?:from|import|import\()\s*"(\./[^"]+|\.\./[^"]+)"')
FIRST_LOAD_BYTES = 200_000
PAGES = [path for path in web_files().files if path.endswith(".html")]


def page_of(path):
    return "/" if path == "index.html" else f"/{path.removesuffix('/index.html')}"


@pytest.fixture(params=PAGES)
def page(request, client):
    return client.get(page_of(request.param))


@ONE
def test_a_page_holds_nothing_but_its_own_files_under_a_strict_policy(page, client):
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'; style-src 'self'; " in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=|https?://", page.text)
    assert "_/" not in page.text
    assert "<!--" not in page.text
    linked = LINKED.findall(page.text)
    assert linked
    for file in linked:
        answer = client.get(f"/{file}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_every_module_imports_files_that_are_there_and_no_others():
    held = web_files()
    modules = [path for path in held.files if path.endswith(".js") and "vendor" not in path]
    for path in modules:
        for name in IMPORTED.findall(held.files[path].content.decode()):
            target = Path("/", path).parent.joinpath(name).resolve().relative_to("/")
            assert target.as_posix() in held.files, (path, name)


@ONE
def test_what_a_browser_has_is_not_sent_again(page, client):
    assert page.headers["Cache-Control"] == "no-cache"
    (file, *_) = LINKED.findall(page.text)
    for answer in (page, client.get(f"/{file}")):
        path, tag = answer.request.path, answer.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == answer.data
        assert packed.headers["ETag"] != tag
        known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
        assert client.get(path, headers=known).status_code == 304


@ONE
def test_a_file_under_another_digest_is_not_kept(client):
    answer = client.get("/web/of-another-version/style.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@ONE
@pytest.mark.parametrize(
    "path",
    ["docs.html", "index.html", "header.html", "nothing.js", "..%2Fapp.py", "vendor/README.md"],
)
def test_nothing_else_is_a_file(client, path):
    assert client.get(f"/web/x/{path}").status_code == 404


def test_a_page_names_other_files_when_one_of_them_changes(tmp_path):
    (tmp_path / "index.html").write_text('<!-- header --><script src="web/_/a.js">')
    (tmp_path / "header.html").write_text("<header></header>")
    pages = []
    for script in ("1", "2"):
        (tmp_path / "a.js").write_text(script)
        read = WebFiles.read(tmp_path)
        pages.append(read.files["index.html"].content.decode())
        assert pages[-1] == f'<header></header><script src="web/{read.digest}/a.js">'
    assert pages[0] != pages[1]


def test_all_files_of_a_page_together_are_small():
    held = web_files()
    sent = sum(len(f.packed) for path, f in held.files.items() if not path.startswith("one-step"))
    assert sent < FIRST_LOAD_BYTES
