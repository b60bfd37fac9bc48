"""A webhook leads to public machines alone, however its address is spelt and its name resolved."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.destinations import Allowed, Refused, addresses_of, host_of, read

NOTHING = Allowed()


def resolving(*addresses):
    return lambda host, port: [ip_address(address) for address in addresses]


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("HTTPS://Example.COM.:8443/a?b=c", "example.com", 8443, "/a?b=c"),
        ("https://example.com?x=1", "example.com", 443, "/?x=1"),
        ("https://93.184.216.34/x", "93.184.216.34", 443, "/x"),
        ("https://[2606:2800:220:1::1]/", "2606:2800:220:1::1", 443, "/"),
        ("https://xn--bcher-kva.example/%20", "xn--bcher-kva.example", 443, "/%20"),
        ("https://a_b.example.com/@/:", "a_b.example.com", 443, "/@/:"),
    ],
)
def test_an_address_is_read_into_its_parts(url, host, port, target):
    found = read(url, NOTHING)
    assert (found.host, found.port, found.target) == (host, port, target)
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://example.com/",
        "https:///path",
        "https://",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com:80:443/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:25/",
        "https://example.com:/",
        "https://example.com/#fragment",
        "https://example.com/ a",
        "https://example.com/\r\nX-Header: 1",
        "https://exa mple.com/",
        "https://exam%70le.com/",
        "https://-example.com/",
        "https://example..com/",
        "https://" + "a" * 64 + ".com/",
        "https://" + "a." * 130 + "com/",
        "https://example.com/" + "a" * 2048,
        "https://bücher.example/",
        "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
        "https://１２７.０.０.１/",
        "https://127。0。0。1/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.0.0.1./",
        "https://0/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[0:0:0:0:0:ffff:127.0.0.1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fec0::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://[fd00:ec2::254]/",
        "https://[127.0.0.1]/",
        "https://[::1/",
        "https://::1/",
    ],
)
def test_what_may_not_be_a_webhook_is_refused_before_any_name_is_looked_up(url):
    with pytest.raises(Refused, match=r"^must "):
        read(url, NOTHING)


FORBIDDEN = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
    168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8
    192.0.0.170 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255
    198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1
    ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::8.8.8.8
    64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:a9fe:a9fe:: 2001:10::1 2001:20::1
    2001:db8::1 2002:a9fe:a9fe:: 3fff::1 5f00::1 4000::1 fc00::1 fdff::1 fe80::1 fe80::1%1
    fec0::1 ff02::1 ff0e::1
"""


@pytest.mark.parametrize("address", FORBIDDEN.split())
def test_no_name_may_resolve_to_an_address_that_is_not_public(address):
    destination = read("https://example.com/", NOTHING)
    for addresses in ([address], ["93.184.216.34", address], [address, "2606:2800::1"]):
        with pytest.raises(Refused, match="private, local or reserved"):
            addresses_of(destination, NOTHING, resolving(*addresses))


PUBLIC = "1.1.1.1 9.255.255.255 11.0.0.1 93.184.216.34 172.32.0.1 223.255.255.255 2606:4700::1111"


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_name_may_resolve_to_public_addresses(address):
    destination = read("https://example.com/", NOTHING)
    assert addresses_of(destination, NOTHING, resolving(address)) == [ip_address(address)]


def test_a_name_is_looked_up_once_and_an_address_never():
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return [ip_address("1.1.1.1")]

    addresses_of(read("https://example.com:8443/", NOTHING), NOTHING, resolve)
    addresses_of(read("https://1.1.1.1/", NOTHING), NOTHING, resolve)
    assert asked == [("example.com", 8443)]


def test_a_name_without_an_address_leads_nowhere():
    with pytest.raises(OSError, match="no address"):
        addresses_of(read("https://example.com/", NOTHING), NOTHING, resolving())


def test_an_allowed_name_may_lead_anywhere_and_no_other_does():
    allowed = Allowed.parse("Hooks.internal, localhost")
    destination = read("http://hooks.internal.:25/x", allowed)
    assert addresses_of(destination, allowed, resolving("10.0.0.1")) == [ip_address("10.0.0.1")]
    assert read("http://localhost:80/", allowed).port == 80
    for other in ("http://a.hooks.internal/", "http://example.com/", "https://127.0.0.1/"):
        with pytest.raises(Refused):
            read(other, allowed)


def test_an_allowed_network_opens_its_addresses_and_no_others():
    allowed = Allowed.parse("10.1.0.0/16,fd00::/8,127.0.0.1")
    for url in ("http://10.1.2.3:25/", "https://[fd00::1]/", "http://127.0.0.1:8000/"):
        assert len(addresses_of(read(url, allowed), allowed)) == 1
    for url in ("http://10.2.0.1/", "https://127.0.0.2/", "http://93.184.216.34/"):
        with pytest.raises(Refused):
            read(url, allowed)
    named = read("http://hooks.example.com/", allowed)
    assert addresses_of(named, allowed, resolving("10.1.0.9"))
    for addresses in (["10.2.0.1"], ["10.1.0.9", "10.2.0.1"], ["10.1.0.9", "1.1.1.1"]):
        with pytest.raises(Refused):
            addresses_of(named, allowed, resolving(*addresses))


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "a b", "http://x", "127.1", "*.x"])
def test_an_allow_list_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="host names, addresses and networks"):
        Allowed.parse(f"example.com,{text}")


@given(st.text(max_size=40) | st.from_regex(r"https://[^/]{1,20}/", fullmatch=True))
def test_whatever_the_text_it_is_read_or_refused(text):
    for url in (text, f"https://{text}/", f"https://{text}.example.com/"):
        try:
            destination = read(url, NOTHING)
        except Refused:
            continue
        assert destination.is_secure
        assert destination.host.isascii()
