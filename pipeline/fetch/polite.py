"""Asking servers politely: robots.txt, a delay between requests, few retries, limits on time, size and redirects."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, MaxRetryError, NameResolutionError, NewConnectionError

AGENT = "policycode/0.1 (research on public texts; one request at a time)"
LARGEST = 100_000_000  # bytes of one page or file
LONGEST = 120.0  # seconds for one answer, however it trickles
SILENCE = 30.0  # seconds without a byte
REDIRECTS = 5
TRIES = 4
LONGEST_WAIT = 60.0  # seconds between two tries
PAUSE = 2.0  # seconds before the second try, doubled for each further one
AGAIN = {429, 500, 502, 503, 504}


class Refusal(Exception):
    """Why an address gave nothing; `dead` where its host cannot be reached at all."""

    def __init__(self, why: str, *, dead: bool = False) -> None:
        super().__init__(why)
        self.dead = dead


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave: status, headers by small letters, bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class Client:
    """One visitor; `delay`: seconds between two requests to a host."""

    delay: float
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(headers={"User-Agent": AGENT}, retries=False))
    robots: dict[str, RobotFileParser] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    dead: dict[str, str] = field(default_factory=dict)

    def get(self, url: str) -> Answer:
        """The page at an address, redirects followed; Refusal where there is none to be had."""
        for _ in range(REDIRECTS + 1):
            self.check_allowed(url)
            answer = self.ask(url)
            if answer.status not in {301, 302, 303, 307, 308}:
                break
            url = urljoin(url, answer.headers.get("location", ""))
            if urlsplit(url).scheme not in {"http", "https"}:
                raise Refusal(f"it leads to {url!r}, which is no address of the web")
        else:
            raise Refusal(f"it was redirected more than {REDIRECTS} times")
        if answer.status != 200:
            raise Refusal(f"the server answers {answer.status}")
        if not answer.content.strip():
            raise Refusal("the server gave an empty page")
        return answer

    def check_allowed(self, url: str) -> None:
        """Refusal where the host's robots.txt forbids an address, or cannot be had because the server fails."""
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}"
        if home not in self.robots:
            rules = RobotFileParser()
            answer = self.ask(f"{home}/robots.txt")
            rules.parse(answer.content.decode("utf-8", "replace").splitlines() if answer.status == 200 else [])
            self.robots[home] = rules
        if not self.robots[home].can_fetch(AGENT, url):
            raise Refusal("the site's robots.txt asks not to fetch it")

    def wait(self, host: str, home: str) -> None:
        """Let the delay pass since the last request to a host: ours, or a longer one that its robots.txt asks for."""
        asked = self.robots[home].crawl_delay(AGENT) if home in self.robots else None
        rest = self.last.get(host, 0.0) + max(self.delay, float(asked or 0)) - time.monotonic()
        if host in self.last and rest > 0:
            time.sleep(rest)
        self.last[host] = time.monotonic()

    def ask(self, url: str) -> Answer:
        """One answer, tried again where the server is busy, fails or breaks off."""
        parts = urlsplit(url)
        if parts.netloc in self.dead:
            raise Refusal(self.dead[parts.netloc], dead=True)
        for number in range(1, TRIES + 1):
            self.wait(parts.netloc, f"{parts.scheme}://{parts.netloc}")
            answer: Answer | None = None
            try:
                answer = self.once(url)
                why = f"the server answers {answer.status}, {TRIES} times"
            except (NameResolutionError, NewConnectionError, MaxRetryError) as error:
                self.dead[parts.netloc] = f"{parts.netloc} cannot be reached ({type(error).__name__})"
                raise Refusal(self.dead[parts.netloc], dead=True) from None
            except LocationValueError as error:
                raise Refusal(f"no address that can be asked ({error})") from None
            except (HTTPError, TimeoutError, OSError) as error:
                why = f"the server broke off or was silent, {TRIES} times ({type(error).__name__})"
            if answer is not None and answer.status not in AGAIN:
                return answer
            if number < TRIES:
                time.sleep(pause(number, answer))
        raise Refusal(why)

    def once(self, url: str) -> Answer:
        """One answer of a server, within the limits."""
        limit = urllib3.Timeout(connect=10.0, read=SILENCE)
        end = time.monotonic() + LONGEST
        response = self.pool.request("GET", iri(url), preload_content=False, redirect=False, timeout=limit, decode_content=True)
        content = bytearray()
        try:
            while block := response.read1(1 << 16):  # whatever has come; stream() waits for a full block, however slowly it trickles
                content += block
                if len(content) > LARGEST:
                    raise Refusal(f"it is larger than {LARGEST:,} bytes")
                if time.monotonic() > end:
                    raise Refusal(f"it took longer than {LONGEST:.0f} seconds")
            return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, bytes(content))
        finally:
            response.close()


def iri(url: str) -> str:
    """An address as servers take it: what is not ASCII in its path, percent-encoded."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def pause(number: int, answer: Answer | None) -> float:
    """Seconds to wait before the next try: what the server asks for, else twice as long each time."""
    asked = answer.headers.get("retry-after", "") if answer else ""
    return min(float(asked) if asked.isdecimal() else PAUSE * 2 ** (number - 1), LONGEST_WAIT)
