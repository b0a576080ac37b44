"""What is masked of generated texts, form by form, and what of ordinary words is left alone."""

from collections import Counter

import pytest

from shared.security.masking import mask_text
from shared.security.names import may_be_name
from tests.bench._told import Told, names, texts

SEED = 20260305
LEAST_OF_NUMBERS, LEAST_OF_NAMES = 0.995, 0.95


def recall(told: list[Told]) -> dict[str, float]:
    seen = Counter(each.secret.kind for each in told)
    hidden = Counter(
        each.secret.kind for each in told if each.secret.telling not in mask_text(each.text)
    )
    return {kind: hidden[kind] / seen[kind] for kind in seen}


def test_numbers_and_places_are_masked_in_every_form_in_which_people_write_them() -> None:
    found = recall(list(texts(SEED, 25)))

    kinds = {"phone", "landline", "id", "plate", "card", "email", "account", "address"}
    assert set(found) == kinds
    assert {kind: part for kind, part in found.items() if part < LEAST_OF_NUMBERS} == {}


def test_given_names_are_masked_in_many_surroundings() -> None:
    assert recall(list(names(SEED, 25)))["name"] >= LEAST_OF_NAMES


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("手机一三八零零零零六一六零一直没人接", "手机138****6160一直没人接"),
        ("打壹叁捌零零零零陆壹陆零", "打138****6160"),
        ("电话138，0000，6160", "电话****60"),
        ("号码138OOOO616O", "号码138****6160"),
        ("车牌皖N•D12345", "车牌皖N****"),
        ("发到zhang_3 @ qq.com", "发到z****@ qq.com"),
        ("身份证341523 871205 301", "身份证3415********01"),
        ("住锦绣家园3栋2单元501室，漏水", "住锦绣家园****，漏水"),
        ("白桑园村九组12号", "白桑园村****"),
        ("王小明说要等通知", "王**说要等通知"),
        ("村支书赵来福不给盖章", "村支书赵**不给盖章"),
        ("由李秀珍代办", "由李**代办"),
        ("房主于洪波签了字", "房主于**签了字"),
    ],
)
def test_forms_that_once_were_missed(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "由于方案没有通过，房子的产权证办不下来。",
        "窗口说要等通知，关于金额的问题不归他们管。",
        "全家的户口都在这里，向上级反映也没有用。",
        "高速公路边的田地被占，国土的人说明年再说。",
        "和平小区3栋的电梯坏了。",
        "3号窗口、2号楼大厅、梅河路88号政务中心",
        "双方签了合同，于是我去办理，时间长达一年。",
        "一九九三年的房产证，二〇二〇年换发",
        "单位的安全员让我找施工方，常年没人。",
        "万元以上的金融贷款由平台代办。",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("text", ["王芳", "欧阳椿萱", "买买提·艾山", "于洪波", "张三丰"])
def test_a_name_by_itself_is_known_as_one(text: str) -> None:
    assert may_be_name(text)


@pytest.mark.parametrize("text", ["房产证", "养老保险", "安置", "社保", "施工许可", "K7MQ", ""])
def test_a_word_of_a_title_is_no_name(text: str) -> None:
    assert not may_be_name(text)
