"""The course of one measurement: more and more work in the shop, and at each size the same questions."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from bench import bare, filling, goods, importing, judged, load, queues, recording, tabs, workshop
from bench.bare import Bare
from bench.browser import Browser
from bench.goods import Stocked
from bench.house import CAPACITY, House
from bench.importing import Imports
from bench.judged import Judged
from bench.load import Load
from bench.pages import Cost, costs
from bench.queues import Breadth, Taken
from bench.recording import Recorded
from bench.serving import Server
from bench.tabs import Tabs

CEILING = ("-m", "bench.ceiling")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How much of everything is done: a full run, or a try."""

    seconds: float = 3.0  # of each round of eight hands
    rounds: int = 3
    claims: int = CAPACITY  # of each hand, in a round of nothing but claims
    alone: int = 60  # pairs of one hand
    imports: int = 3
    starts: int = 2  # of the process that imports; the first one reads the disk
    orders: int = 5000  # in an order file
    pages: int = 30  # askings of each page
    tabs: int = 500
    tabs_open: int = 10_000  # tasks
    tabs_s: float = 30.0  # quiet, and again beside the hands
    verdicts: tuple[int, ...] = (10_000, 1_000_000)
    products: tuple[int, ...] = (1000, 100_000)
    moves: int = 20  # of each product
    breadth: Breadth = field(default_factory=Breadth)


TRY = Pace(
    seconds=1.5,
    rounds=1,
    alone=20,
    imports=1,
    orders=2000,
    pages=5,
    tabs_s=9,
    verdicts=(300, 3000),
    products=(100, 1000),
    breadth=Breadth(slots=20_000, queues=50, finished=2000, alone=20, pages=5),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Something a second: the median of its rounds, and the rounds."""

    median: float
    rounds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured with so many tasks open; rates are of eight hands, `alone` of one."""

    tasks: int
    pairs: Rate
    given: int  # tasks handed out in all of this
    twice: int  # of them, to more than one
    claim_ms: tuple[float, float, float]  # eight hands: median, 95 %, longest
    claims: Rate
    ceiling: Rate  # claims in a bare view on the same server
    bare: Bare  # pairs on the bare engine
    alone_claim_ms: float
    alone_cpu_ms: float  # of the server, for a pair
    pages: list[Cost]
    server_mb: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What one act says to the database, and the rows that became objects."""

    statements: int
    objects: int


@dataclass(frozen=True, slots=True)
class Course:
    """Everything measured on one engine."""

    engine: str
    version: str
    imports: Imports | None
    claim: Asked
    submit: Asked
    sizes: list[Size]
    tabs: Tabs | None = None
    queues: list[Taken] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    stocked: list[Stocked] = field(default_factory=list)


def run(house: House, *, sizes: Sequence[int], pace: Pace, say: Say, parts: Collection[str]) -> Course:
    """Measures these parts of a house, from an import to the largest size; says what it is at."""
    imported = None
    if "import" in parts:
        say(f"order files of {pace.orders:,} orders, sealed and open")
        imported = importing.measure(house, orders=pace.orders, times=pace.imports, starts=pace.starts)
    filling.until_open(house, filling.BY_HAND)
    said = recording.recorded(house)
    taken = [queues.few(house, pace.breadth)] if "queues" in parts else []
    wanted, made, opened = sizes if "sizes" in parts else (), list[Size](), None

    def grown(some: Iterable[int]) -> None:
        for size in some:
            say(f"{size:,} open tasks")
            made.append(_size(house, said, size, pace))

    grown(size for size in wanted if size <= pace.tabs_open)
    if "tabs" in parts:  # between the sizes with fewer tasks and those with more: a shop never shrinks
        say(f"{pace.tabs:,} open tabs")
        opened = tabs.measure(house, count=pace.tabs, seconds=pace.tabs_s, tasks=pace.tabs_open)
    grown(size for size in wanted if size > pace.tabs_open)
    seen = []
    for verdicts in pace.verdicts if "quality" in parts else ():
        say(f"{verdicts:,} verdicts")
        seen.append(judged.measure(house, verdicts=verdicts, times=pace.pages))
    goods_seen = []
    for products in pace.products if "stock" in parts else ():
        say(f"{products:,} products that moved {pace.moves:,} times each")
        goods_seen.append(goods.measure(house, products=products, moves=pace.moves, times=pace.pages))
    if "queues" in parts:  # last of all: what it lays out is no shop's real past
        say(f"{pace.breadth.slots:,} open slots in {pace.breadth.queues:,} queues")
        taken += queues.many(house, pace.breadth)
    asked = [Asked(one.statements, one.objects) for one in (said.claim, said.submit)]
    whole = Course(house.engine, house.version(), imported, asked[0], asked[1], made, opened, taken, seen)
    return replace(whole, stocked=goods_seen)


def _size(house: House, said: Recorded, size: int, pace: Pace) -> Size:
    """The house itself, then the ceiling and the bare engine over the same rows, which are put back."""
    filling.until_open(house, size)
    house.settle()
    with house.serving("server.log") as server:
        browsers = [server.browser(hand.key.cookie, hand.key.csrf) for hand in house.hands]
        load.work(server, browsers, seconds=pace.seconds / 3, most=size // 4)
        pairs = [_pairs(house, server, browsers, size, pace) for _ in range(pace.rounds)]
        claims = [_claims(server, browsers, size, pace) for _ in range(pace.rounds)]
        alone = load.work(server, browsers[:1], seconds=30, most=pace.alone)
        filling.until_open(house, size)
        pages = _pages(house, server, browsers[0], pace)
        peak = server.peak_mb()
        _close(browsers)
    filling.until_open(house, size)
    ceiling = _ceiling(house, size, pace)
    engine = bare.measure(house, said, seconds=pace.seconds, most=size // 2)
    house.settle()
    return Size(
        tasks=size,
        pairs=_rate([one.per_second for one in pairs]),
        given=sum(len(one.tasks) for one in (*pairs, *claims, alone)),
        twice=load.twice([*pairs, *claims, alone]),
        claim_ms=_spread(pairs),
        claims=_rate([one.claims_per_second for one in claims]),
        ceiling=_rate(ceiling),
        bare=engine,
        alone_claim_ms=alone.claim_ms(),
        alone_cpu_ms=alone.cpu_ms,
        pages=pages,
        server_mb=peak,
    )


def _pairs(house: House, server: Server, browsers: list[Browser], size: int, pace: Pace) -> Load:
    filling.until_open(house, size)
    return load.work(server, browsers, seconds=pace.seconds, most=size // 2)


def _claims(server: Server, browsers: list[Browser], size: int, pace: Pace) -> Load:
    """As many claims as hands may hold; they are handed in afterwards, uncounted."""
    done = load.claim(server, browsers, each=min(pace.claims, size // 2 // len(browsers)))
    load.hand_in(browsers, done)
    return done


def _ceiling(house: House, size: int, pace: Pace) -> list[float]:
    """Claims a second of the bare view, each round on the rows as they were."""
    rates, words = [], (*CEILING, str(house.shop_id))
    with house.serving("ceiling.log", words=words) as server:
        browsers = [server.browser() for _hand in house.hands]
        load.claim(server, browsers, each=5)
        for _ in range(pace.rounds):
            done = load.claim(server, browsers, each=min(300, size // 2 // len(browsers)))
            rates.append(done.claims_per_second)
            bare.put_back(house)
        _close(browsers)
    return rates


def _pages(house: House, server: Server, browser: Browser, pace: Pace) -> list[Cost]:
    """Pages of all three people; the partner has one task in hand."""
    held = browser.post("/offers/next").json()["task_id"]
    made = costs(house, server, _paths(held), times=pace.pages)
    browser.post(f"/work/{held}/submission", **workshop.ANSWERS)
    return made


def _paths(task_id: int) -> dict[str, tuple[str, str]]:
    return {
        "today": ("partner", "/today"),
        "offers": ("partner", "/offers"),
        "task": ("partner", f"/work/{task_id}"),
        "queue": ("reviewer", "/inspections"),
        "board": ("owner", "/board"),
        "orders": ("owner", "/orders"),
        "tasks": ("owner", "/tasks"),
    }


def _rate(rounds: Sequence[float]) -> Rate:
    return Rate(median(rounds), tuple(rounds))


def _spread(loads: Sequence[Load]) -> tuple[float, float, float]:
    every = Load(tuple(lap for one in loads for lap in one.laps), 1, 0)
    return every.claim_ms(0.5), every.claim_ms(0.95), every.claim_ms(1)


def _close(browsers: Sequence[Browser]) -> None:
    for browser in browsers:
        browser.close()
