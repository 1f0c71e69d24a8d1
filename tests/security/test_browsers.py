"""The names of browsers and devices on the page of one's sessions."""

import pytest

from security import browsers

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome · Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/139.0.0.0", "Edge · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Whale/4.33 Safari/537.36", "Whale · Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.5 Safari/605.1.15", "Safari · Mac"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {APPLE} CriOS/139.0 Mobile/15E148 Safari/604.1", "Chrome · iPhone"),
        (f"Mozilla/5.0 (Linux; Android 15; SM-S931N; wv) {CHROME} Mobile Safari/537.36;KAKAOTALK 2511180", "KakaoTalk · Android"),
        (f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 {CHROME[-16:]} Mobile", "Samsung Internet · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox · Linux"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named(agent: str, name: str) -> None:
    assert browsers.named(agent) == name
