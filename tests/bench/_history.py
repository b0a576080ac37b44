"""Past orders as a county might have them, made from a seed: to measure suggestions by.

What units do is written down from what such units are for, not from the sample cases.
Of the cases

- half name no item, and of those that do one in twelve names another unit's;
- one in six is vague: nothing of what it is about is said, or a single word;
- one in seven of what is done on the spot belongs to the office of its town, not to the county;
- one in eight went to a wrong unit first: of three of these two came back and then went right, one
  was finished where it was, and so teaches what is wrong;
- after three fifths of the time two duties have moved to another unit.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

COUNTY = "341523"
TOWNS = 22
NO_ITEM, OTHER_ITEM, VAGUE, LOCAL, WRONG, FINISHED_WRONG = (
    1 / 2,
    1 / 12,
    1 / 6,
    1 / 7,
    1 / 8,
    1 / 3,
)
MOVED_AFTER = 3 / 5


@dataclass(frozen=True, slots=True)
class Duty:
    """What a unit is there for: an item and what people say when it goes wrong."""

    item: str
    unit: str
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tale:
    """A case of the past: what was told, whose it was, and who got it with which end."""

    text: str
    item: str | None
    region: str
    right: str
    orders: Sequence[tuple[str, bool]]
    """Units in turn, and whether the unit finished it; else it gave it back."""
    at: datetime


def _duties(unit: str, *told: str) -> list[Duty]:
    made = []
    for line in told:
        item, _colon, said = line.partition(":")
        made.append(Duty(item, unit, said.split()))
    return made


DUTIES: Sequence[Duty] = (
    *_duties(
        "市场监督管理局",
        "企业开办:注册公司 开办企业 名称核准通不过 股东签名 经营范围 电子营业执照下载不了",
        "企业变更登记:变更法定代表人 换发执照 变更地址 法人不配合 公司迁移登记",
        "食品经营许可:开饭店 餐饮许可 食品许可证 现场核查 后厨布局 小吃店办证",
        "特种设备使用登记:电梯困人 电梯年检 锅炉登记 叉车证",
        "消费维权:买到假货 商家不退款 预付卡 健身房关门 缺斤少两",
    ),
    *_duties(
        "人力资源和社会保障局",
        "社会保险登记:社保断缴 养老保险转移 参保证明 社保卡补办 社保卡激活 缴费记录查不到",
        "退休审批:退休手续 工龄认定 提前退休 养老金没发 待遇资格认证 刷脸认证不通过",
        "失业登记:失业金 就业登记 灵活就业 就业创业证",
        "工伤认定:工地受伤 工伤鉴定 劳动能力鉴定 单位不认工伤",
        "劳动监察:拖欠工资 农民工讨薪 不签劳动合同 加班费",
    ),
    *_duties(
        "医疗保障局",
        "异地就医备案:外地住院 异地就医 备案失败 跨省结算 参保地未开通",
        "城乡居民医保参保:医保缴费 新农合 医保断缴 补缴医保 新生儿参保",
        "门诊慢特病认定:慢性病卡 慢病门诊 透析报销 特病认定",
        "医疗费用报销:住院发票 报销比例 手工报销 生育津贴",
    ),
    *_duties(
        "自然资源和规划局",
        "建设用地规划许可:用地规划 红线调整 规划许可证 土地性质",
        "农村宅基地用地审批:宅基地 老房翻建 建房审批 占用耕地 宅基地确权",
        "采矿许可:采砂 矿山复绿 采石场",
    ),
    *_duties(
        "不动产登记中心",
        "不动产转移登记:房产过户 二手房过户 房产证 产权证办不下来",
        "不动产首次登记:开发商没有大证 小区办不了房产证 首次登记 历史遗留房屋",
        "不动产继承登记:继承房产 亲属关系证明 遗产公证 老人去世房子过户",
        "不动产抵押登记:解押 抵押注销 按揭抵押",
    ),
    *_duties(
        "住房和城乡建设局",
        "施工许可:施工许可证 开工手续 装修报建 图审",
        "竣工验收备案:竣工验收 消防验收 交房 验收不合格",
        "公租房申请:公租房 廉租房 租赁补贴 保障房轮候",
        "物业管理:物业费 维修基金 小区漏水 业委会 地下车位",
        "城镇燃气:天然气开户 燃气管道 煤气 通气",
    ),
    *_duties(
        "公安局",
        "户口迁移:户口迁移 落户 新生儿上户 户口本 改名字 出生日期更正",
        "居民身份证办理:身份证 补办身份证 临时身份证 指纹",
        "出入境证件:护照 港澳通行证 出入境",
        "机动车登记:车辆过户 上牌 驾驶证换证 电动车牌照 违章处理",
        "治安管理:噪音扰民 打架 养狗扰民 赌博",
    ),
    *_duties(
        "民政局",
        "最低生活保障:低保 低保取消 困难补助 临时救助",
        "婚姻登记:结婚证 离婚证 婚姻档案 补领结婚证",
        "养老服务:养老院 高龄补贴 居家养老 敬老院",
        "殡葬服务:公墓 火化 殡仪馆",
    ),
    *_duties(
        "教育局",
        "学籍转接:转学 学籍 插班 入学名额 学区划分",
        "民办学校设立:培训班退费 幼儿园收费 校外培训 办学许可",
        "教师资格认定:教师资格 支教 教师职称",
    ),
    *_duties(
        "卫生健康委员会",
        "医疗机构执业登记:诊所 医疗机构许可 医院乱收费 病历",
        "生育登记:准生证 生育登记 独生子女 出生医学证明",
        "公共场所卫生许可:理发店卫生许可 健康证 浴室",
    ),
    *_duties(
        "交通运输局",
        "道路运输经营许可:营运证 客运 货车年审 从业资格 网约车",
        "农村公路养护:村道破损 公路坑洼 修路 桥梁 路灯不亮",
        "公共交通:公交线路 公交站 老年公交卡 班车停运",
    ),
    *_duties(
        "农业农村局",
        "农业补贴:种粮补贴 农机补贴 补贴没到账 地力补贴",
        "动物防疫:养殖场 病死猪 动物检疫 家禽",
        "土地承包经营权登记:承包地 土地流转 确权证 田界",
    ),
    *_duties(
        "生态环境局",
        "环境影响评价:环评 排污许可 环保手续",
        "环境违法查处:污水直排 臭味 工厂冒烟 黑烟 扬尘 河水发黑",
    ),
    *_duties(
        "城市管理局",
        "户外广告设置:店招 广告牌 门头审批",
        "市容环境:占道经营 垃圾没人清运 夜市油烟 违章搭建 烧烤摊",
        "园林绿化:树木修剪 行道树 公园设施 绿化带",
    ),
    *_duties(
        "税务局",
        "发票领用:领发票 开票额度 发票作废 税控盘",
        "契税申报:契税 房产交易税 退税 个税申报",
        "税务注销:注销税务 非正常户 补税",
    ),
    *_duties(
        "水利局",
        "取水许可:打井 取水证 水库 灌溉渠",
        "农村饮水:自来水停水 水压低 水质浑 吃水困难",
    ),
    *_duties(
        "住房公积金管理中心",
        "住房公积金提取:公积金提取 公积金销户 提取公积金还贷 租房提取",
        "住房公积金贷款:公积金贷款 贷款额度 异地贷款",
    ),
    *_duties(
        "残疾人联合会",
        "残疾人证办理:残疾证 残疾鉴定 残疾评定 换领残疾证",
        "残疾人补贴:护理补贴 残疾人两项补贴 轮椅",
    ),
    *_duties(
        "退役军人事务局",
        "退役军人优待证:优待证 退伍安置 军龄 参战补助",
    ),
    *_duties(
        "司法局",
        "法律援助:法律援助 律师 公证处 调解委员会",
    ),
    *_duties(
        "应急管理局",
        "危险化学品经营许可:加油站 危险化学品 烟花爆竹 安全生产许可",
    ),
    *_duties(
        "发展和改革委员会",
        "招标投标监督:招标文件 投标保证金 项目备案 立项 停车费标准",
    ),
    *_duties(
        "文化旅游体育局",
        "旅馆和文化经营:网吧 景区门票 导游 旅行社退款 广场舞",
    ),
    *_duties(
        "林业局",
        "林木采伐许可:砍树 采伐证 林权 野猪毁田",
    ),
    *_duties(
        "政务服务中心",
        "大厅管理:大厅排队 取号机 窗口没人 提前下班 预约不上 态度差 自助机",
    ),
    *_duties(
        "供电公司",
        "用电报装:停电 电压不稳 用电报装 换电表 变压器",
    ),
)
LOCALLY = frozenset({"农村宅基地用地审批", "最低生活保障", "农村公路养护", "农村饮水", "市容环境"})
"""What an office of a town may do itself."""
MOVED: Mapping[str, str] = {"公共场所卫生许可": "市场监督管理局", "城镇燃气": "城市管理局"}
OPENED = [
    "您好，我想反映一下",
    "我是本县居民",
    "上个月去办事",
    "我们村里几户人家都遇到",
    "家里老人",
    "孩子马上要用",
    "我在外地打工",
    "我们是一家小企业",
    "已经第三次来了",
    "之前打过热线",
]
OBSTACLES = [
    "窗口说材料不全",
    "让我回去等通知",
    "系统一直提示失败",
    "说要上级批",
    "两个部门互相推",
    "一直没有回音",
    "说原来的证明不认",
    "电话没有人接",
    "说不归他们管",
    "超过承诺时间了",
    "要本人到场",
    "网上退回两次",
]
ENDED = [
    "希望尽快解决",
    "请帮忙协调",
    "到底该找谁",
    "请给个说法",
    "非常着急",
    "谢谢",
    "希望上门看看",
    "一直拖着",
]


def history(count: int, until: datetime, seed: int = 7) -> Iterator[Tale]:
    """Yield cases of three years up to a moment, the oldest first."""
    dice = random.Random(seed)  # noqa: S311  # the same at each run
    units = sorted({duty.unit for duty in DUTIES})
    # Some duties are asked for far more often than others, whatever their unit.
    weights = [1 / (1 + place) for place in range(len(DUTIES))]
    dice.shuffle(weights)
    upto = list(accumulate(weights))
    for at in range(count):
        duty = dice.choices(DUTIES, cum_weights=upto)[0]
        yield _tale(duty, at / count, until - timedelta(days=1095) * (1 - at / count), dice, units)


def _tale(
    duty: Duty, share: float, at: datetime, dice: random.Random, units: Sequence[str]
) -> Tale:
    town = dice.randrange(TOWNS)
    right = MOVED.get(duty.item, duty.unit) if share > MOVED_AFTER else duty.unit
    if duty.item in LOCALLY and dice.random() < LOCAL:
        right = town_office(town)
    item = None
    if dice.random() >= NO_ITEM:
        item = dice.choice(DUTIES).item if dice.random() < OTHER_ITEM else duty.item
    region = COUNTY + (f"{100 + town:03d}" if dice.random() < 2 / 3 else "")
    orders = [(right, True)]
    if dice.random() < WRONG:
        wrong = dice.choice(units)
        orders = [(wrong, True)] if dice.random() < FINISHED_WRONG else [(wrong, False), *orders]
    return Tale(_text(duty, dice), item, region, right, orders, at)


def town_office(town: int) -> str:
    """Return the name of the office of a town."""
    return f"第{town}镇便民服务中心"


def _text(duty: Duty, dice: random.Random) -> str:
    told = [dice.choice(OPENED), dice.choice(OBSTACLES)]
    if dice.random() >= VAGUE:
        told += dice.sample(list(duty.said), min(dice.randint(1, 3), len(duty.said)))
    elif dice.random() < 1 / 2:
        told.append(dice.choice(duty.said)[:2])
    told += [dice.choice(OBSTACLES), dice.choice(ENDED)]
    if dice.random() < 1 / 3:  # people speak of other things too
        told.append(dice.choice(dice.choice(DUTIES).said))
    dice.shuffle(told)
    return "，".join(told)
