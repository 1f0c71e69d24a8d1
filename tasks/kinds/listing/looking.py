"""What a machine sees in a listing before a person does, by field, with its place and a way out (pure)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tasks.kinds.listing import brand, content, forbidden, notices, titles, values
from tasks.kinds.listing.brand import Guide
from tasks.kinds.listing.channels import Channel
from tasks.kinds.listing.content import Listing, Option
from tasks.own import Finding

MOST = 6  # findings of one field: the first tell what is wrong


@dataclass(frozen=True, slots=True)
class Around:
    """What a listing is held against: channel, brand guide, sizes of pictures, titles of other listings."""

    channel: Channel
    guide: Guide = field(default_factory=Guide)
    pictures: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    others: Mapping[int, str] = field(default_factory=dict)
    locale: str = "ko"


def findings(written: Listing, around: Around) -> tuple[Finding, ...]:
    """Everything seen, in the order the fields are asked; what is not answered is nobody's finding."""
    looks = (_pictures, _title, _options, _attributes, _description, _notice, _price)
    return tuple(one for look in looks for one in list(look(written, around))[:MOST])


def _title(written: Listing, around: Around) -> Iterator[Finding]:
    told, rule = written.title, around.channel.title
    if not told:
        return
    if (over := len(told) - rule.longest) > 0:
        yield _holds(content.TITLE, "title_too_long", over=over, most=rule.longest)
    elif len(told) > rule.advised:
        yield _says(content.TITLE, "title_long", n=len(told), advised=rule.advised)
    if banned := _banned(told, rule.banned):
        yield _holds(content.TITLE, "banned", letters=banned)
    for word, times in _repeated(told, rule.most_repeats):
        yield _says(content.TITLE, "repeated", word=word, n=times)
    yield from _words(content.TITLE, told, forbidden.TITLE, written, around)
    if near := titles.nearest(told, around.others):
        facts = {"other": around.others[near[0]], "listing_id": near[0], "percent": round(near[1] * 100)}
        yield _says(content.TITLE, "near", **facts)


def _description(written: Listing, around: Around) -> Iterator[Finding]:
    told, most = written.description, around.channel.longest_description
    if (over := len(told) - most) > 0:
        yield _holds(content.DESCRIPTION, "too_long", over=over, most=most)
    yield from _words(content.DESCRIPTION, told, forbidden.DESCRIPTION, written, around)
    wanted = around.guide.wanted
    if told and wanted and not brand.wanted_in(around.guide, told):
        yield _says(content.DESCRIPTION, "wanted", words=", ".join(wanted[:5]))


def _words(key: str, told: str, where: str, written: Listing, around: Around) -> Iterator[Finding]:
    """Forbidden words, then what the brand guide says otherwise."""
    group = notices.group(written.group)
    words = (*forbidden.known(), *forbidden.own(around.guide.own))
    for hit in forbidden.find(told, where, claims=bool(group and group.claims), words=words):
        facts = {"text": hit.text, "place": hit.start + 1, "why": hit.word.why, "instead": hit.word.instead}
        yield Finding("forbidden", key, facts, holds_up=hit.word.holds)
    for slip in brand.slips(around.guide, told, sentences=where == forbidden.DESCRIPTION):
        facts = {"text": slip.text, "place": slip.start + 1, "instead": slip.instead}
        yield Finding(f"brand_{slip.code}", key, facts, holds_up=slip.code == "name")


def _options(written: Listing, around: Around) -> Iterator[Finding]:
    rule, options = around.channel.options, written.options
    if len(options) > rule.most_names:
        yield _holds(content.OPTIONS, "options_many", n=len(options), most=rule.most_names)
    if written.combinations > rule.most_combinations:
        yield _holds(content.OPTIONS, "combinations", n=written.combinations, most=rule.most_combinations)
    for name in _twice(option.name for option in options):
        yield _holds(content.OPTIONS, "option_twice", name=name)
    for option in options:
        yield from _option(option, around)


def _option(option: Option, around: Around) -> Iterator[Finding]:
    rule = around.channel.options
    if not option.name or not option.values:
        yield _holds(content.OPTIONS, "option_half")
    if len(option.values) > rule.most_values:
        facts = {"name": option.name, "n": len(option.values), "most": rule.most_values}
        yield _holds(content.OPTIONS, "values_many", **facts)
    for told in _twice(option.values):
        yield _holds(content.OPTIONS, "option_twice", name=told)
    limits = [(option.name, rule.longest_name), *((told, rule.longest_value) for told in option.values)]
    for told, most in limits:
        if len(told) > most:
            yield _holds(content.OPTIONS, "option_long", name=told, over=len(told) - most, most=most)
        if banned := _banned(told, rule.banned):
            yield _holds(content.OPTIONS, "banned", letters=banned)


def _attributes(written: Listing, around: Around) -> Iterator[Finding]:
    for key, told in written.attributes.items():
        attribute = values.attributes()[key]
        for one in told:
            if not all(value.known for value in values.normal(attribute, one)):
                code = "unread_measure" if attribute.unit else "unknown_word"
                facts = {"name": attribute.label[around.locale], "value": one, "unit": attribute.unit}
                yield _says(content.ATTRIBUTES, code, **facts)


def _notice(written: Listing, around: Around) -> Iterator[Finding]:
    group = notices.group(written.group)
    if group is None:
        return
    lacking = notices.missing(group, written.notice)
    if lacking:
        fields = ", ".join(one.label[around.locale] for one in lacking)
        yield _holds(content.NOTICE, "notice_missing", n=len(lacking), fields=fields)
    for one in notices.evasive(group, written.notice):
        yield _says(content.NOTICE, "notice_evasive", name=one.label[around.locale])


def _price(written: Listing, around: Around) -> Iterator[Finding]:
    rule, won = around.channel.price, written.price
    if won is None:
        return
    if not rule.least <= won <= rule.most:
        yield _holds(content.PRICE, "price_range", least=rule.least, most=rule.most)
    elif won % rule.step:
        near = round(won / rule.step) * rule.step
        yield _holds(content.PRICE, "price_step", step=rule.step, near=near)


def _pictures(written: Listing, around: Around) -> Iterator[Finding]:
    rule = around.channel.pictures
    shown = [around.pictures[id_] for id_ in written.pictures if id_ in around.pictures]
    if len(shown) < rule.least:
        yield _holds(content.PICTURES, "pictures_few", n=len(shown), least=rule.least)
    if len(shown) > rule.most:
        yield _holds(content.PICTURES, "pictures_many", n=len(shown), most=rule.most)
    for nth, (width, height) in enumerate(shown, start=1):
        if min(width, height) < rule.shortest_side:
            facts = {"nth": nth, "width": width, "height": height, "least": rule.shortest_side}
            yield _holds(content.PICTURES, "picture_small", **facts)
        elif min(width, height) < rule.advised_side:
            facts = {"nth": nth, "width": width, "height": height, "advised": rule.advised_side}
            yield _says(content.PICTURES, "picture_smallish", **facts)
    if shown and _off_ratio(shown[0], rule.ratio, rule.ratio_off):
        yield _says(content.PICTURES, "picture_ratio", wide=rule.ratio[0], high=rule.ratio[1])


def _off_ratio(size: tuple[int, int], ratio: tuple[int, int], leeway: int) -> bool:
    """Whether a picture is off a ratio by more than so many hundredths."""
    there, wanted = size[0] * ratio[1], size[1] * ratio[0]
    return abs(there - wanted) * 100 > leeway * max(there, wanted)


def _banned(text: str, letters: str) -> str:
    """The letters that may not stand in a text, each once, and whether it holds what no screen shows."""
    found = dict.fromkeys(letter for letter in text if letter in letters)
    odd = any(unicodedata.category(letter) in ("Cc", "Cf", "So") for letter in text)
    return " ".join((*found, *(["☺"] if odd else [])))


def _repeated(text: str, most: int) -> list[tuple[str, int]]:
    counts = Counter(re.findall(r"[\w가-힣]{2,}", text.casefold()))
    return [(word, times) for word, times in counts.items() if times > most]


def _twice(told: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(told).items() if times > 1]


def _holds(item: str, code: str, **facts: object) -> Finding:
    return Finding(code, item, facts, holds_up=True)


def _says(item: str, code: str, **facts: object) -> Finding:
    return Finding(code, item, facts)
