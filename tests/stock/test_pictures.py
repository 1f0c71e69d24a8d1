"""What a product looks like: pictures and the supplier's text, as a story of the owner, refused, and a stranger's."""

from io import BytesIO

from sqlalchemy import select

from base import files
from base.images import Picture
from stock import pictures, supplied
from stock.models import Product
from stock.picture_tables import ProductPicture
from tests.attacks.estate import ON_SQLITE
from tests.pictures import encoded, scene
from tests.stock import yard

RED, WIDE, TALL = scene(300, 300), scene(400, 200), scene(150, 300)
EVIL = "<script>alert(1)</script> =HYPERLINK(1)"
pytestmark = ON_SQLITE
numbers = iter(range(10**6))


def product_of(acting_as, who):
    with acting_as(who) as scope:
        return yard.products(scope, "MUG-01")["MUG-01"]


def send(client, path, *shots, **form):
    data = {"csrf": client.csrf, "client_id": f"pictures-{next(numbers):06d}", **form}
    if shots:
        data["pictures"] = [(BytesIO(shot), f"{EVIL}.jpg") for shot in shots]
    return client.post(path, data=data, headers={"Accept": "text/html"})


def order(acting_as, who, product_id):
    with acting_as(who, reading=True) as scope:
        return [(one.width, one.height) for one in pictures.of(scope, product_id)]


def test_pictures_come_in_are_ordered_and_taken_off(cast, acting_as, signed_in, world) -> None:
    product_id = product_of(acting_as, cast.haneul)
    client, here = signed_in(cast.haneul), f"/products/{product_id}/pictures"
    assert send(client, here, *(encoded(one) for one in (RED, WIDE, TALL))).status_code == 302
    assert send(client, here, encoded(WIDE, quality=75)).status_code == 302
    assert order(acting_as, cast.haneul, product_id) == [(300, 300), (400, 200), (150, 300)]
    with acting_as(cast.haneul) as scope:
        third = pictures.of(scope, product_id)[2].id
        pictures.move(scope, product_id, third, by=-5)
    assert order(acting_as, cast.haneul, product_id) == [(150, 300), (300, 300), (400, 200)]
    assert send(client, f"{here}/{third}/place", by="1").status_code == 302
    assert order(acting_as, cast.haneul, product_id) == [(300, 300), (150, 300), (400, 200)]
    for _ in range(2):
        assert send(client, f"{here}/{third}/removal").status_code == 302
    assert order(acting_as, cast.haneul, product_id) == [(300, 300), (400, 200)]
    kept = client.get(f"/pictures/{third}")
    assert (kept.status_code, kept.mimetype) == (200, "image/jpeg")
    assert send(client, here, encoded(TALL)).status_code == 302
    assert order(acting_as, cast.haneul, product_id) == [(300, 300), (400, 200), (150, 300)]
    with acting_as(cast.haneul) as scope:
        other = Product(shop_id=scope.shop_id, sku="CUP-02", name="컵", made_at=scope.now)
        scope.session.add(other)
        scope.session.flush()
        first = pictures.of(scope, product_id)[0]
        twin = ProductPicture.sha256 == first.sha256
        shot = _picture(first, files.get(scope.world.files, first.file_key))
        assert pictures.add(scope, other.id, shot).file_key == first.file_key
        assert len(scope.session.scalars(select(ProductPicture.id).where(twin)).all()) == 2


def _picture(row, jpeg):
    return Picture(jpeg, row.width, row.height, row.sha256)


def test_what_is_no_picture_and_what_is_too_many_is_refused(cast, acting_as, signed_in) -> None:
    product_id = product_of(acting_as, cast.haneul)
    client, here = signed_in(cast.haneul), f"/products/{product_id}/pictures"
    answer = send(client, here, encoded(RED), b"GIF89a nothing of ours")
    assert (answer.status_code, 'id="pictures-error"' in answer.text) == (422, True)
    assert order(acting_as, cast.haneul, product_id) == []
    with acting_as(cast.haneul) as scope:
        for n in range(pictures.MOST):
            row = ProductPicture(place=n, width=1, height=1, sha256=f"{n}", file_key=f"{n:032}", size=1)
            pictures.add(scope, product_id, _picture(row, b"x"))
    answer = send(client, here, encoded(RED))
    assert answer.status_code == 409
    assert len(order(acting_as, cast.haneul, product_id)) == pictures.MOST


def test_the_suppliers_text_stands_as_text_and_over_what_was_seen(cast, acting_as, signed_in) -> None:
    product_id = product_of(acting_as, cast.haneul)
    client, here = signed_in(cast.haneul), f"/products/{product_id}/supplier-text"
    assert send(client, here, text=f" 도자기 머그\r\n용량 350ml  \n{EVIL}", seen="0").status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        now = supplied.text_of(scope, product_id)
    assert now == supplied.Supplied(f"도자기 머그\n용량 350ml\n{EVIL}", 1)
    shown = client.get(f"/stock/{product_id}").text
    assert ("<script>alert" in shown, "&lt;script&gt;alert(1)" in shown) == (False, True)
    stale = send(client, here, text="늦은 글", seen="0")
    assert (stale.status_code, "늦은 글" in stale.text, "용량 350ml" in stale.text) == (409, True, True)
    number = send(client, here, text="문의 900101-1234567", seen="1")
    assert (number.status_code, 'id="text-error"' in number.text) == (422, True)
    assert send(client, here, text="바코드 8801011234567", seen="1").status_code == 302


def test_a_stranger_finds_no_product_and_a_partner_changes_none(cast, acting_as, signed_in) -> None:
    product_id = product_of(acting_as, cast.haneul)
    here = f"/products/{product_id}"
    client = signed_in(cast.haneul)
    send(client, f"{here}/pictures", encoded(RED))
    with acting_as(cast.haneul, reading=True) as scope:
        picture_id = pictures.of(scope, product_id)[0].id
    stranger, partner = signed_in(cast.stranger), signed_in(cast.minji)
    paths = [f"{here}/pictures", f"/pictures/{picture_id}"]
    assert [stranger.get(path).status_code for path in paths] == [404, 404]
    assert [partner.get(path).status_code for path in paths] == [403, 403]
    acts = {f"{here}/pictures/{picture_id}/removal": {}, f"{here}/supplier-text": {"text": "x", "seen": "0"}}
    for who, status in ((stranger, 404), (partner, 403)):
        assert [send(who, path, **form).status_code for path, form in acts.items()] == [status, status]
    assert len(order(acting_as, cast.haneul, product_id)) == 1
