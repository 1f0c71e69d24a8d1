"""What false offers of work sound like: words as data, found sentence by sentence (pure).

A sentence is a sign where it holds a thing that is asked for and a word of asking; where it says that
something is *not* asked for, it is none. Korean is compared without the blanks between its words, because
people set them as they like, and without signs put between letters to hide a word.
"""

import re
import unicodedata
from dataclasses import dataclass

DEPOSIT, PASSWORD, ACCOUNT = "deposit", "password", "account"
RESIDENT_NUMBER, PREPAYMENT = "resident_number", "prepayment"
MESSENGER, INSTANT_INCOME = "messenger", "instant_income"


@dataclass(frozen=True, slots=True)
class Sign:
    """What is asked for and how it is asked, as alternatives; no `asking` where the thing says it all."""

    code: str
    things: str
    asking: str = ""


GIVE = "입금|송금|이체|납부|결제|내야|내시|내고|내면|내주|내세요|보내|부치|필요|준비|먼저|선불|부담|드는|들어"
TELL = "알려|보내|적어|주세요|주시|줘|달라|제출|전달|공유|캡처|찍어|필요"
LEND = "빌려|빌리|대여|임대|양도|맡겨|넘겨"
SIGNS = (
    Sign(DEPOSIT, "보증금|예치금|가입비|등록비|교육비|교재비|프로그램비|재료비|수수료|디파짓", GIVE),
    Sign(DEPOSIT, "선입금|입회비"),
    Sign(DEPOSIT, "보증금|예치금|디파짓", "돌려|환급|반환"),
    Sign(PASSWORD, "비밀번호|비번|패스워드|인증번호|인증코드|otp|보안카드|공인인증서|공동인증서", TELL),
    Sign(ACCOUNT, "통장|계좌|체크카드|신용카드|유심|명의", LEND),
    Sign(ACCOUNT, "계정|아이디(?!어)", LEND),
    Sign(ACCOUNT, "유심|휴대폰|대포폰", "개통(해|하)"),
    Sign(ACCOUNT, "계좌로돈이들어오면|대신받아서보내|대신받아송금"),
    Sign(RESIDENT_NUMBER, "주민등록번호|주민번호|주민등록증|신분증|등본|초본|여권사본", TELL),
    Sign(
        PREPAYMENT,
        "리뷰|구매대행|구매평|상품평|미션|물건|상품|기프티콘|상품권",
        "먼저결제|선결제|먼저구매|먼저사|구매하시면환급|결제하면환급|결제후환급|대신결제",
    ),
    Sign(
        MESSENGER,
        "(카톡|카카오톡|텔레그램|라인|오픈채팅|위챗|왓츠앱)(으로|로|에서)?만",
        "연락|이야기|얘기|소통|대화|상담|문의|답|주세요|가능|해",
    ),
    Sign(MESSENGER, "텔레그램|위챗|왓츠앱", "연락주|연락해주|추가해|추가하|문의주"),
    Sign(
        INSTANT_INCOME,
        "당일|하루|즉시|바로|첫날|일주일|매일|한달|월",
        r"\d+만원?(이상)?(보장|확정|수익|벌|가능)|고수익|수익보장|수입보장|원금보장|무조건(벌|수익)|누구나(월)?\d+만",
    ),
    Sign(INSTANT_INCOME, "누구나|초보", r"\d+만원?(이상)?(보장|확정|수익|벌|가능)"),
    Sign(INSTANT_INCOME, "(즉시|바로|당일)(수익|소득)|고수익보장|원금보장|수익확정|매출보장|수익보장"),
)
ENGLISH = (
    Sign(
        DEPOSIT,
        r"deposit|(registration|training|starter|enrol?lment) (fee|kit)",
        r"pay|send|transfer|require|upfront|first",
    ),
    Sign(
        PASSWORD,
        r"password|passcode|one-time code|verification code|\botp\b",
        r"send|tell|share|give|need",
    ),
    Sign(
        ACCOUNT,
        r"(bank )?account|debit card|credit card|sim card",
        r"\b(lend|borrow|rent|hand over)\b",
    ),
    Sign(
        RESIDENT_NUMBER,
        r"resident (registration )?number|identity card|id card|passport",
        r"send|tell|share|give|photo|need",
    ),
    Sign(
        PREPAYMENT,
        r"(gift cards?|goods|items?|review)",
        r"(pay|buy) (it |them |for )?(first|upfront)|refund you",
    ),
    Sign(
        MESSENGER,
        r"only (by|on|via|through|over) (kakao\w*|telegram|whatsapp|line|wechat|"
        r"messenger)",
        "",
    ),
    Sign(
        INSTANT_INCOME,
        r"(guaranteed|instant) (income|profit|earnings|returns?|cash|money)|(earn|make) (₩|"
        r"\$)?[\d,]+[^.]{0,20}(a|per|every) day",
        "",
    ),
)
CODES = tuple(dict.fromkeys(sign.code for sign in SIGNS))
#: A sentence that says it is *not* asked for, or warns of it.
DENIED = re.compile(
    r"않|안(받|물|해|요구|내)|(은|는|이|가|을|를|도)?없(어|습|다|이|음|고)|아니|금지|마세요|말아|못|사기|조심|의심|신고해"
    r"|재설정|잊으면|잊었|잊어버|(저희|상점|가게|회사)(가|이|에서)(모두|다|전액)?(부담|지원|내드|내줘|내요)"
)
#: What false offers say is not needed denies nothing that they ask for.
NEEDLESS = re.compile(r"(경험|경력|자격|기술|투자|부담)(이|은|도)?없(어도|이도|이)")
DENYING = re.compile(
    r"\b(no(?! (experience|skill|risk|investment))|not|never|don't"
    r"|doesn't|won't|without|beware|scam|refuse|reset|forgot)\b"
)
SENTENCE = re.compile(r"[.!?。！？…\n;]+")
BETWEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·•*_~^|'\"‘’“”()\[\]/\\-]+")


def found(text: str) -> tuple[str, ...]:
    """The codes of all signs in a text, in the order of the list; none where nothing odd is asked for."""
    codes = {code for sentence in SENTENCE.split(_plain(text)) for code in _of(sentence)}
    return tuple(code for code in CODES if code in codes)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def _of(sentence: str) -> set[str]:
    close = BETWEEN.sub("", sentence)
    korean = (
        set()
        if DENIED.search(NEEDLESS.sub("", close))
        else {sign.code for sign in SIGNS if _says(sign, close)}
    )
    english = set() if DENYING.search(sentence) else {sign.code for sign in ENGLISH if _says(sign, sentence)}
    return korean | english


def _says(sign: Sign, sentence: str) -> bool:
    return bool(re.search(sign.things, sentence)) and bool(re.search(sign.asking, sentence))
