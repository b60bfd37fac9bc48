import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from service.exports.file_names import content_disposition, file_name

JOB = "job_01hv3x"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("iris", "iris.onnx"),
        ("two words", "two words.onnx"),
        (None, "job_01hv3x.onnx"),
        ("", "job_01hv3x.onnx"),
        (" . ", "job_01hv3x.onnx"),
        ("../../etc/passwd", "-..-etc-passwd.onnx"),
        (r"C:\nul", "C--nul.onnx"),
        (".bashrc", "bashrc.onnx"),
        ('a"; filename="b.exe', "a-; filename=-b.exe.onnx"),
        ("a\r\nSet-Cookie: b", "a Set-Cookie- b.onnx"),
        ("50%41", "50-41.onnx"),
        ("photo\u202egnp", "photo gnp.onnx"),
        ("größe ß", "größe ß.onnx"),
        ("x" * 200, "x" * 150 + ".onnx"),
        ("語" * 200, "語" * 50 + ".onnx"),
    ],
)
def test_a_file_is_named_after_the_job_as_far_as_a_name_may_be(name, expected):
    assert file_name(name, JOB, "onnx") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("iris", 'attachment; filename="iris.npz"'),
        ("größe", "attachment; filename=\"groe.npz\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.npz"),
        ("語", "attachment; filename=\"job_01hv3x.npz\"; filename*=UTF-8''%E8%AA%9E.npz"),
    ],
)
def test_the_header_has_the_name_in_ascii_and_where_need_be_in_utf_8(name, expected):
    assert content_disposition(name, JOB, "npz") == expected


@given(st.text())
def test_no_name_gets_out_of_the_header_or_of_the_folder(name):
    header = content_disposition(name, JOB, "npz")
    plain = r"[^\"\\/%\x00-\x1f\x7f-\U0010ffff]+"
    assert re.fullmatch(
        rf"attachment; filename=\"{plain}\"(; filename\*=UTF-8''[\w.~%-]+)?", header
    )
    kind, options = parse_options_header(header)
    assert (kind, options["filename"]) == ("attachment", file_name(name, JOB, "npz"))
