import pytest

from contest.identity.addresses import own_path

TRICKS = [
    "//evil.vn", "///evil.vn", "////evil.vn", "/\\evil.vn", "\\\\evil.vn", "\\/evil.vn", "/\\/evil.vn",
    "https://evil.vn", "http:evil.vn", "https:/evil.vn", "HTTPS://evil.vn", "javascript:alert(1)", "data:text/html,x",
    "evil.vn", "@evil.vn", "?next=//evil.vn", "#//evil.vn", "/#//evil.vn", " /tai-khoan", "/tai-khoan ", "\t//evil.vn",
    "/\t/evil.vn", "/\n/evil.vn", "/\r\nLocation: //evil.vn", "/\x00/evil.vn", "/%2f/evil.vn", "/%5cevil.vn",
    "/%5Cevil.vn", "/%09/evil.vn", "/%0d%0aSet-Cookie:x", "/.//evil.vn", "/..//evil.vn", "/../evil", "/%2e%2e/evil",
    "/tai-khoan//evil.vn", "/%252fevil.vn", "/／evil.vn", "/。evil.vn", "/\u2028/evil.vn", "//evil.vn\\@localhost",
    "/[evil", "/<script>", "", "/" + "a" * 1_000,
]


@pytest.mark.parametrize("text", [*TRICKS, None])
def test_tricks_are_no_addresses_of_ours(text):
    assert own_path(text) is None


@pytest.mark.parametrize("text", ["/", "/tai-khoan", "/to-chuc/nguoi-du-thi?q=h%E1%BA%A1nh&unit=",
                                  "/to-chuc/nguoi-du-thi?q=//x", "/luot-thi/0123456789abcdef0123456789abcdef/cau/3"])
def test_pages_are(text):
    assert own_path(text) == text
