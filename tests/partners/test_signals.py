"""What false offers sound like: found however it is spelt, and nothing found in what a shop says every day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.checks.signals import CODES, found
from partners.joining.cards import NEVER

FALSE = [
    ("시작하려면 보증금 10만원을 먼저 입금해 주세요", ("deposit",)),
    ("교재비와 교육비는 본인이 부담하시고요", ("deposit",)),
    ("선입금 부탁드려요", ("deposit",)),
    ("보.증.금 5만원만 보내 주시면 시작돼요", ()),  # full stops are ends of sentences; see the next
    ("보·증·금 5만원만 보내 주시면 시작돼요", ("deposit",)),
    ("보 증 금을 이체해주세요", ("deposit",)),
    ("통장 비밀번호랑 인증번호 알려 주세요", ("password",)),
    ("아이디하고 비번 캡처해서 보내줘", ("password",)),
    ("체크카드를 며칠만 빌려 주시면 돼요", ("account",)),
    ("통장 대여하시면 하루 30만원 보장", ("account", "instant_income")),
    ("신분증 사진 찍어 보내 주세요", ("resident_number",)),
    ("주민등록번호를 적어 주세요", ("resident_number",)),
    ("리뷰 미션은 먼저 결제하시면 환급해 드려요", ("prepayment",)),
    ("상담은 텔레그램으로만 가능해요", ("messenger",)),
    ("연락은 카톡으로만 주세요", ("messenger",)),
    ("누구나 하루 50만원 수익!", ("instant_income",)),
    ("원금보장 고수익 부업", ("instant_income",)),
    ("보증금은 일이 끝나면 돌려드려요", ("deposit",)),
    ("네이버 아이디 대여해 주실 분", ("account",)),
    ("휴대폰을 개통해서 보내 주세요", ("account",)),
    ("텔레그램으로 연락주세요", ("messenger",)),
    ("누구나 일 30만원 가능", ("instant_income",)),
    ("초보도 즉시 수익 창출", ("instant_income",)),
    ("경험 없어도 누구나 즉시 수익", ("instant_income",)),
    ("Instant income, no experience needed", ("instant_income",)),
    ("Please pay a refundable deposit first", ("deposit",)),
    ("Send me your password", ("password",)),
    ("We talk only on Telegram", ("messenger",)),
    ("Guaranteed income from day one", ("instant_income",)),
]
HONEST = [
    "",
    "저희는 보증금을 받지 않아요. 비밀번호를 알려 달라고 하지 않아요.",
    "교육비는 없습니다",
    "보증금을 내라고 하면 사기예요. 조심하세요",
    "신분증을 보내지 마세요",
    "상품을 먼저 포장하고 사진을 찍어 주세요",
    "물건은 월요일에 보내 드려요",
    "택배 송장을 먼저 붙여 주세요",
    "한 건에 700원이에요. 지난달에 30만 원을 번 분도 있어요",
    "궁금한 것은 일감의 대화에 적어 주세요",
    "카카오톡 알림도 보내 드려요",
    "정산은 매달 10일에 계좌로 보내 드려요",
    "상품 카드를 상자에 넣어 주세요",
    "비밀번호를 바꾸려면 더보기에서 하세요",
    "비밀번호를 잊으면 사장님께 재설정 링크를 달라고 하세요",
    "교육비는 저희가 부담해요",
    "좋은 아이디어를 빌려 왔어요",
    "초보도 하루에 20개까지 포장할 수 있어요",
    "I forgot my password, please send the reset link",
    "You never pay a deposit here",
    "Put the gift card into the box",
    "Change your password on the page More",
]


@pytest.mark.parametrize(("text", "codes"), FALSE)
def test_a_false_offer_is_heard(text: str, codes: tuple[str, ...]) -> None:
    assert found(text) == codes


def test_what_a_shop_says_every_day_is_no_sign() -> None:
    assert {text: found(text) for text in HONEST} == dict.fromkeys(HONEST, ())


def test_the_card_promises_what_is_listened_for() -> None:
    assert set(NEVER) == set(CODES) - {"instant_income"}


@given(st.text(max_size=60))
def test_no_text_makes_it_fall(text: str) -> None:
    assert set(found(text)) <= set(CODES)


@given(st.sampled_from([text for text, codes in FALSE if codes]), st.sampled_from(HONEST))
def test_honest_words_beside_it_hide_nothing(false: str, honest: str) -> None:
    assert set(found(f"{honest}.\n{false}")) >= set(found(false))
