"""Texts as people write them, with what identifies somebody in them: made up, always the same."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.security.identifiers import normalise_id_card

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
SPOKEN_ONE = str.maketrans("0123456789", "〇幺二三四五六七八九")
CAPITAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
AREAS = ("0564", "0551", "010", "021", "0755", "0917", "028")
SURNAMES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤",
    "欧阳",
    "司马",
    "诸葛",
    "上官",
)
GIVEN_SIGNS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建国玉兰秀梅志红云鹏飞浩宇子轩梓涵思雨文辉峰波斌林海燕玲萍"
    "佳俊欣怡晨曦琪瑞雪莹蕾婷婷凯博睿哲翔泽清源永春冬根福贵财宝发旺来弟招娣翠花爱民卫东援朝跃进大牛二妮小毛满仓"
    "墨染珩琛煜祺玥熙彦沁蓁荞黛"
)
STREETS = ("梅河路", "人民西路", "龙舒大道", "长江中路", "桃溪街", "解放北路")
TOWNS = ("城关镇", "晓天镇", "桃溪镇", "千人桥镇", "河棚镇", "万佛湖镇")
VILLAGES = ("白桑园村", "舒茶村", "春秋村", "三拐村", "黄巢村")
ESTATES = ("梅河花园", "锦绣家园", "龙湖小区", "阳光城", "碧桂园")


@dataclass(frozen=True, slots=True)
class Secret:
    """What must not be read any more: its kind, how it stands in the text, the part that tells."""

    kind: str
    form: str
    told: str
    telling: str


@dataclass(frozen=True, slots=True)
class Told:
    """One text and what is secret in it."""

    text: str
    secret: Secret


def texts(seed: int, number: int) -> Iterator[Told]:
    """Yield so many texts for each form of each kind."""
    dice = random.Random(seed)  # noqa: S311  # to be the same in each run
    for kind, forms in FORMS.items():
        for form, make in forms.items():
            for _ in range(number):
                told, telling = make(dice)
                frame = dice.choice(FRAMES[kind])
                secret = Secret(kind, form, told, telling)
                yield Told(frame.replace("{}", told), secret)


def names(seed: int, number: int) -> Iterator[Told]:
    """Yield texts that name somebody, so many for each way of naming."""
    dice = random.Random(seed)  # noqa: S311
    for frame in NAME_FRAMES:
        for _ in range(number):
            surname, given = a_name(dice)
            secret = Secret("name", frame, surname + given, given)
            yield Told(frame.replace("{}", surname + given), secret)


def a_name(dice: random.Random) -> tuple[str, str]:
    """Return a surname, frequent ones more often, and one or two signs."""
    place = min(int(dice.expovariate(1 / 22)), len(SURNAMES) - 1)
    length = 2 if dice.random() < 0.8 else 1  # four names in five
    return SURNAMES[place], "".join(dice.choices(GIVEN_SIGNS, k=length))


def _mobile(dice: random.Random) -> str:
    return f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"


def _landline(dice: random.Random) -> tuple[str, str]:
    return dice.choice(AREAS), f"{dice.choice('2345678')}{dice.randrange(10**6):06d}"


def _identity(dice: random.Random) -> str:
    region = dice.choice(("341523", "340104", "110105", "510104", "421023"))
    born = f"19{dice.randrange(40, 99)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
    old = f"{region}{born[2:]}{dice.randrange(1000):03d}"
    return normalise_id_card(old)


def _identity_x(dice: random.Random) -> str:
    while not (number := _identity(dice)).endswith("X"):
        pass
    return number


def _old_identity(dice: random.Random) -> str:
    number = _identity(dice)
    return number[:6] + number[8:17]


def _card(dice: random.Random) -> str:
    body = f"62{dice.choice(('2848', '1226', '1700', '2202'))}{dice.randrange(10**12):012d}"
    doubled = [sum(divmod(int(d) * 2, 10)) for d in body[-1::-2]]
    rest = [int(d) for d in body[-2::-2]]
    return f"{body}{-(sum(doubled) + sum(rest)) % 10}"


def _plate(dice: random.Random) -> str:
    signs = [dice.choice("0123456789") for _ in range(5)]
    for place in dice.sample(range(5), dice.randrange(3)):
        signs[place] = dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    if not any(sign.isdigit() for sign in signs):
        signs[-1] = "7"
    return f"{dice.choice(PROVINCES)}{dice.choice(LETTERS)}{''.join(signs)}"


def _new_energy(dice: random.Random) -> str:
    place = f"{dice.choice(PROVINCES)}{dice.choice(LETTERS)}"
    return f"{place}{dice.choice('DF')}{dice.choice(LETTERS)}{dice.randrange(10**4):04d}"


def _account(dice: random.Random) -> str:
    return "".join(dice.choices("abcdefghjkmnpqrstuvwxyz", k=4)) + f"_{dice.randrange(10**5):05d}"


def _split(number: str, mark: str) -> str:
    return mark.join((number[:3], number[3:7], number[7:]))


def _house(dice: random.Random) -> tuple[str, str]:
    door = f"{dice.randrange(1, 30)}0{dice.randrange(1, 5)}室"
    number = f"{dice.randrange(2, 30)}栋{dice.randrange(1, 4)}单元{door}"
    return (
        f"{dice.choice(STREETS)}{dice.randrange(1, 400)}号{dice.choice(ESTATES)}{number}",
        number,
    )


def _rural(dice: random.Random) -> tuple[str, str]:
    number = f"{dice.choice('一二三四五六七八九')}组{dice.randrange(1, 90)}号"
    return f"{dice.choice(TOWNS)}{dice.choice(VILLAGES)}{number}", number


def _whole(make: Callable[[random.Random], str], change: Callable[[str], str]) -> "Make":
    def told(dice: random.Random) -> tuple[str, str]:
        text = change(make(dice))
        return text, text

    return told


def _of_landline(change: Callable[[str, str], str]) -> "Make":
    def told(dice: random.Random) -> tuple[str, str]:
        area, number = _landline(dice)
        text = change(area, number)
        return text, text

    return told


Make = Callable[[random.Random], tuple[str, str]]
FORMS: dict[str, dict[str, Make]] = {
    "phone": {
        "as it is": _whole(_mobile, str),
        "spaced": _whole(_mobile, lambda n: _split(n, " ")),
        "hyphens": _whole(_mobile, lambda n: _split(n, "-")),
        "spaced apart": _whole(_mobile, " ".join),
        "+86": _whole(_mobile, lambda n: f"+86 {n}"),
        "full width": _whole(_mobile, lambda n: n.translate(WIDE)),
        "Chinese digits": _whole(_mobile, lambda n: n.translate(SPOKEN)),
        "Chinese digits with 幺": _whole(_mobile, lambda n: n.translate(SPOKEN_ONE)),
        "capital digits": _whole(_mobile, lambda n: n.translate(CAPITAL)),
        "mixed digits": _whole(_mobile, lambda n: n[:3].translate(SPOKEN) + n[3:]),
        "commas": _whole(_mobile, lambda n: _split(n, "，")),
        "letters O": _whole(_mobile, lambda n: n.replace("0", "O")),
    },
    "landline": {
        "hyphen": _of_landline(lambda area, number: f"{area}-{number}"),
        "together": _of_landline(lambda area, number: f"{area}{number}"),
        "brackets": _of_landline(lambda area, number: f"（{area}）{number}"),
        "spaced": _of_landline(lambda area, number: f"{area} {number[:3]} {number[3:]}"),
        "full width": _of_landline(lambda area, number: f"{area}-{number}".translate(WIDE)),
        "extension": _of_landline(lambda area, number: f"{area}-{number}转802"),
        "Chinese digits": _of_landline(lambda area, number: f"{area}{number}".translate(SPOKEN)),
        "of here": _of_landline(lambda _area, number: number),
    },
    "id": {
        "18 digits": _whole(_identity, str),
        "with X": _whole(_identity_x, str),
        "with x": _whole(_identity_x, str.lower),
        "full width": _whole(_identity_x, lambda n: n.translate(WIDE)),
        "spaced": _whole(_identity, lambda n: f"{n[:6]} {n[6:14]} {n[14:]}"),
        "hyphens": _whole(_identity, lambda n: f"{n[:6]}-{n[6:14]}-{n[14:]}"),
        "15 digits": _whole(_old_identity, str),
        "15 full width": _whole(_old_identity, lambda n: n.translate(WIDE)),
        "15 spaced": _whole(_old_identity, lambda n: f"{n[:6]} {n[6:12]} {n[12:]}"),
        "Chinese digits": _whole(_identity, lambda n: n.translate(SPOKEN)),
    },
    "plate": {
        "as it is": _whole(_plate, str),
        "dot": _whole(_plate, lambda n: f"{n[:2]}·{n[2:]}"),
        "spaced": _whole(_plate, lambda n: f"{n[:2]} {n[2:]}"),
        "hyphen": _whole(_plate, lambda n: f"{n[:2]}-{n[2:]}"),
        "small letters": _whole(_plate, str.lower),
        "full width": _whole(_plate, lambda n: n.translate(WIDE)),
        "new energy": _whole(_new_energy, str),
        "new energy, dot": _whole(_new_energy, lambda n: f"{n[:2]}•{n[2:]}"),
        "trailer": _whole(_plate, lambda n: f"{n[:6]}挂"),
    },
    "card": {
        "as it is": _whole(_card, str),
        "spaced": _whole(_card, lambda n: " ".join((n[:4], n[4:8], n[8:12], n[12:16], n[16:]))),
        "full width": _whole(_card, lambda n: n.translate(WIDE)),
        "hyphens": _whole(_card, lambda n: "-".join((n[:4], n[4:8], n[8:12], n[12:16], n[16:]))),
    },
    "email": {
        "as it is": _whole(_account, lambda n: f"{n}@163.com"),
        "of a firm": _whole(_account, lambda n: f"{n}@mail.example.com.cn"),
        "full width @": _whole(_account, lambda n: f"{n}＠qq.com"),
        "spaced @": _whole(_account, lambda n: f"{n} @ qq.com"),
    },
    "account": {
        "WeChat": _whole(_account, str),
        "full width": _whole(_account, lambda n: n.translate(WIDE)),
        "digits": _whole(lambda dice: f"{dice.randrange(10**8, 10**10)}", str),
    },
    "address": {"house": _house, "village": _rural},
}
FRAMES: dict[str, tuple[str, ...]] = {
    "phone": (
        "电话{}，请尽快联系。",
        "我的号是{}",
        "请打{}找我",
        "联系方式：{}（微信同号）",
        "手机{}一直没人回",
    ),
    "landline": (
        "办公室电话{}没人接。",
        "打了座机{}三次",
        "他们的电话是{}，一直占线",
        "联系电话：{}",
    ),
    "id": (
        "身份证{}到期了",
        "证件号：{}",
        "我的身份证号码是{}，系统查不到",
        "（{}）一直通不过认证",
    ),
    "plate": ("车牌{}过户办不成", "{}是我的车", "我的车{}被登记错了", "车牌号：{}，去年买的"),
    "card": ("社保卡绑定的银行卡{}收不到钱", "卡号{}，开户行是农商行", "退款到{}"),
    "email": ("邮箱{}收不到通知", "请发到{}", "我的邮箱是{}，谢谢"),
    "account": ("微信号{}", "加我微信：{}", "微信是{}", "我的QQ是{}，加我"),
    "address": ("我家住{}，水管没人修", "现住{}", "地址：{}。", "户口在{}，房产证办不下来"),
}
NAME_FRAMES = (
    "我叫{}，家住城关镇，请尽快联系。",
    "联系人：{}，手机没人接",
    "姓名：{}\n证件办不下来",
    "申请人{}，去年十月交的材料",
    "我是{}，上周一来窗口办理过户",
    "本人{}，材料交了二十天",
    "我儿子{}的学籍转不过来",
    "窗口的{}同志说材料不全",
    "母亲{}今年八十岁，社保认证不了",
    "昨天{}女士陪我去的",
    "我的名字叫{}，等了三个月",
    "{}，男，1980年生，户口迁不进来",
    "投诉人{}来电反映",
    "我和{}一起去的",
    "办事员{}态度不好",
    "我丈夫{}去世后无法过户",
    "找到{}主任，他说不归他管",
    "租客{}不搬走",
    "户口本上是{}",
    "将户主变更为{}",
    "负责人是{}，一直不在",
    "户主{}，宅基地申请半年了",
    "联系{}就行",
    "由{}代办的营业执照被退回",
    "把房子过户给{}，税务说缺材料",
    "接待我的是{}，他让我回去等",
    "{}说要等通知",
    "法人{}失联，公司注销不了",
    "学生{}，今年上一年级",
    "我爱人{}的医保断了",
    "经办人：{}（已调走）",
    "村支书{}不给盖章",
    "工号07的{}让我改天来",
    "{}的身份证丢了，补办不了",
    "被告{}不履行判决",
    "收件人写的是{}",
    "我朋友{}也遇到一样的事",
    "感谢{}同志耐心解答",
    "署名{}",
    "请转告{}局长",
)
