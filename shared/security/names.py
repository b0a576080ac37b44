"""Find Chinese personal names in free text by what stands before or after them.

No dictionary of given names exists, so a name is only seen where the text says that one comes:
a label (姓名：), an introduction (我叫), a relation (儿子), a title (先生); or where a surname is
followed by signs usual in given names. Surnames that are everyday words need a strong sign.
"""

import re
from collections.abc import Iterator
from itertools import accumulate

import rjieba

COMPOUND = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|司徒|司空|端木|独孤|南宫|宇文|长孙|"
    "轩辕|呼延|闻人|申屠|太史|澹台|濮阳|淳于|单于|公冶|宗政|仲孙|钟离|鲜于|闾丘|拓跋|万俟|赫连|"
    "百里|东郭|西门|第五"
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程"
    "魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾"
    "龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪季辛柯殷伍庄章鲁葛岳齐樊兰倪俞詹毕裴柴左华申翁聂"
    "焦管甘祝阮柳温喻童凌费耿游苗鲍宁舒梅骆尚路冉纪盛欧关曲桂翟包邢涂瞿蓝阎牛单成房符凤饶项岑"
    "祁滕卞屈娄穆占车霍简尧湛靳池卓佘巫褚查隋冀闵解蔺晏宗宫安艾仇麻艳仝芦党连时谷水花戚邬窦云"
    "昌奚彤郎储苟桑双巩晋楚鞠敖全阳银达边原强闻初漆冷洛虞邝巴匡矫苑井於商古修米牟景练海宣丘沙"
    "揭麦甄蒙茅臧濮印卫伏雍韶步胥荆慎冼幸寇邸暴仲"
)
EVERYDAY = "时关成全有单向古连路车水花海强达原初解简冷双修游"
"""Surnames that are everyday words: 于是, 关于, 全家, …"""

FUNCTION_WORDS = (
    "的是在了我你他她它们有没不要给来去到办打问说电手男女身今现已也还就都被把让从向对但因为会能可"
    "号岁副某一二三四五六七八九十两先同老住家"
)
NOT_GIVEN = "城县市省镇村区乡街路局委院厅站所室科股处部司厂店校员们"
PLAIN_WORDS = re.compile(
    "任何|高兴|安全|国家|平安|金山|江南|江北|江东|石家庄|龙华|华山|黄山|安庆|合肥|马鞍山|庆祝|单身|成年|时任|于是|和平|方便|高级|高中|高龄|安全|安徽|安置|安排|常务|常委|党员|党组|"
    "党委|马上|关于|关注|向上|成功|成立|房产|房东|房屋|金额|金融|石油|田地|水电|花园|车主|车辆|"
    "车管|路上|时间|时候|时代|强制|强烈|达到|原来|原因|全部|全家|全体|文件|文化|文明|温馨|施工|"
    "管理|管辖|项目|包括|包工|申请|申报|连续|连夜|易懂|明白|白天|万元|史上|江苏|江西|宁波|宁夏|"
    "海南|海关|云南|贵州|解决|解释|简单|简易|商业|商户|商品|古城|古镇|修理|修建|景区|景点|印章|"
    "印象|经常|边上|边境|左右|左边|章程|范围|谢谢|许多|许可|严重|严格|温州|广东|应该|应急|幸好|"
    "幸运|步行|步骤|尚未|钱款|武警|夏天|夏季|秦皇|伍佰|兰州|祝福|祝愿|纪委|纪检|符合|雷雨|龙头|"
    "黄金|黄色|程序|程度|康复|庄稼|苗木|苗圃|甘肃|毛病|宋体|周末|周边|周围|周一|周二|周三|周四|"
    "周五|周六|周日|曾经|曾任|何时|何地|何处|何人|余额|余款|华东|顾客|顾问|童年|双方|双休|双女|"
    "梅雨|沙石|麦田|全国|全县|全市|公司|工作|牛羊|牛奶|马路|林地|林业|林场|田间|石头|石料|段落|"
    "段时|阳台|阳光|冷库|冷藏|平台|温泉|钱财|毛巾|白条|车厢|金钱"
)

USUAL_IN_GIVEN_NAMES = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建国玉兰秀梅志红云鹏飞浩宇子轩梓涵思雨文辉峰"
    "波斌林龙海燕玲萍莉珍珠琴琳琪瑶瑞璐雪莹莲菊萌蕾薇蓉蓓荣根福贵财宝发旺兴祥瑞德仁义礼信忠孝贤"
    "良善美惠慧淑贞洁雅婷婉妍娇媛嫣婧嘉佳俊豪杨帆凯凡亮博睿哲翔翰泽洪河江润清源泉浪潮永长庆春夏"
    "秋冬东西南北金银铜铁木火土山石松柏竹梁栋材森树学诗书礼胜利成功少卿先世昌振兴启立恒心怡悦欣可"
    "依一诺若曦晨晓阳光辰星月芬芹芝茹茜荷萱翠彩巧凤鸾鹤雁燕丹青紫绍绪继承培坤乾震毅钢锋锐剑鑫森淼"
)

ALSO_IN_GIVEN_NAMES = (
    "安邦保彬冰炳才灿畅朝琛诚驰崇楚川传聪大迪定敦恩尔菲斐丰芙富歌广果寒航皓禾弘宏鸿厚怀欢焕积吉纪家健捷锦谨进晶京景敬"
    "靖久君峻楷康克澜岚朗乐黎理力霖灵凌隆露禄伦洛律满茂玫孟梦民名铭茗牧楠宁凝普琦奇祺谦倩勤晴群然如珊尚慎升生顺嵩苏素"
    "泰腾天田甜庭通桐彤团望威巍维炜雯武希熙溪喜娴啸新杏雄旭璇勋亚言岩延彦耀业叶仪宜艺逸意茵盈颖友羽语育昱裕煜渊元远跃"
    "越韵增展章昭兆真征正之知智治仲卓宗祖娣招弟妮妞毛牛柱栓锁仓虎彪爱花蓁荞黛珩墨染援卫玥沁来小"
)
"""Less telling: a name of these is seen only where its words fall apart and something is said."""

ALSO_FIRST = "来二"
"""Everyday words with which given names begin all the same: 来福, 二妮."""
IN_GIVEN_NAMES = frozenset(USUAL_IN_GIVEN_NAMES + ALSO_IN_GIVEN_NAMES)

HAN = "一-鿿"
HAN_SIGN = re.compile(f"[{HAN}]")
SURNAME = f"(?:{COMPOUND}|[{SURNAMES}])"
CAUTIOUS_SURNAME = f"(?:{COMPOUND}|[{''.join(sorted(set(SURNAMES) - set(EVERYDAY)))}])"
GIVEN = f"[{HAN}]"
DOTTED = f"[{HAN}]{{1,6}}(?:·[{HAN}]{{1,8}}?)+?"
ENDS = (
    rf"(?=$|[^{HAN}·\w]|\d|[A-Za-z]|电话|手机|身份证|联系|号码|性别|地址|住址|住在|家住|现住"
    r"|反映|态度|不|已|说|称|表示|来电|今年|和|与|跟|及|的|在|去|到|是|因|要|也|又|就|从|向|被|办)"
)

LABELS = (
    "姓名|联系人|房主|租客|租户|原告|被告|股东|申请人|户主|法定代表人|法人代表|法人|负责人|经办人|当事人|投诉人|被投诉人|"
    "反映人|来电人|诉求人|收件人|代理人|委托人|监护人|户名|持卡人|车主|业主|房东|患者|学生姓名|"
    "学生|工作人员|村支书|支书|署名|收件人|办事员|民警|窗口人员|科员|社长|村民|居民|职工"
)
KIN = (
    "父亲|母亲|爸爸|妈妈|妻子|丈夫|老婆|老公|爱人|儿子|女儿|孙子|孙女|邻居|同事|哥哥|弟弟|"
    "姐姐|妹妹|爷爷|奶奶|外公|外婆|舅舅|叔叔|岳父|岳母|女婿|儿媳|孩子|朋友|老板"
)
TITLES = (
    "先生|女士|小姐|同志|老师|师傅|医生|大夫|护士|主任|局长|科长|处长|股长|所长|院长|校长|"
    "书记|镇长|乡长|县长|市长|区长|村长|组长|队长|站长|经理|会计|警官|法官|律师|老板|阿姨|"
    "大爷|大妈|大叔|大哥|大姐|奶奶|爷爷"
)

STRONG = re.compile(
    rf"(?:我(?:的?名字)?(?:叫做?|名叫)|名叫|叫做|(?:姓名|名字)(?:是|为|叫)|本人姓名|(?:{LABELS})\s*[:：]"
    rf"|(?:{KIN}|{LABELS})(?:名叫|叫))\s*(?P<name>{DOTTED}{ENDS}|{SURNAME}{GIVEN}{{1,2}})"
)
WEAK = re.compile(
    rf"(?:我是|本人|(?:{LABELS}|{KIN})是?|找|叫)\s?"
    rf"(?P<name>{DOTTED}|{CAUTIOUS_SURNAME}{GIVEN}{{1,2}}?){ENDS}"
)
USUAL = re.compile(
    rf"(?:^|[^{HAN}]|[和跟与被是为由给让把对向替帮及找])"
    rf"(?P<name>{CAUTIOUS_SURNAME}[{USUAL_IN_GIVEN_NAMES}]{{1,2}})"
    rf"(?=$|[^{HAN}\w]|一起|骗|态度|[，,、]\s?[男女])"
)
FREE = re.compile(
    rf"(?:^|[^{HAN}]|[和跟与及由被是为给让把对向替帮找叫请的上说]|联系|转告|感谢|署名|支书|法人|失踪|举报|{LABELS}|{KIN})"
    rf"(?P<name>{CAUTIOUS_SURNAME}[{USUAL_IN_GIVEN_NAMES}{ALSO_IN_GIVEN_NAMES}]{{1,2}}?)"
    rf"(?=$|[^{HAN}\w]|一起|骗|态度|说|让|就|不|给|代办|失联|没|的|在|去|把|要|都|也|已|却|还|能|等|带|收"
    r"|签|拿|告诉|答复|表示|来电|来访|曾|跟|和|与|未|拒|称|自称|打电话|，|,)"
)
WHOLE_NAME = re.compile(rf"(?:{COMPOUND}){GIVEN}{{1,2}}|[{SURNAMES}]{GIVEN}{{1,3}}")
TITLED = re.compile(rf"(?P<name>{CAUTIOUS_SURNAME}{GIVEN}{{1,2}}?)(?=(?:副|总)?(?:{TITLES}))")


def name_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the text names somebody, as start and end of the whole name."""
    for found in STRONG.finditer(text):
        ends_here = not HAN_SIGN.match(text, found.end())
        start = found.start("name")
        yield start, start + _length(found["name"], ends_here)
    for pattern in (WEAK, USUAL, TITLED):
        for found in pattern.finditer(text):
            if not _is_plain(found["name"]):
                yield found.span("name")
    yield from _free_names(text)


def _free_names(text: str) -> Iterator[tuple[int, int]]:
    words = _starts_of_words(text)
    for found in FREE.finditer(text):
        start, end = found.span("name")
        falls_apart = start in words and end in words and not _is_word(found["name"])
        if falls_apart and not _is_plain(found["name"]):
            yield start, end


def _starts_of_words(text: str) -> set[int]:
    return {0, *accumulate(len(word) for word in rjieba.cut(text, False))}


def _is_word(name: str) -> bool:
    tags = rjieba.tag(name, False)
    return len(tags) == 1 and not tags[0][1].startswith("nr")


def may_be_name(text: str) -> bool:
    """Tell whether a text by itself may be a personal name; of everyday words it is none."""
    told = text.strip()
    if re.fullmatch(DOTTED, told):
        return True
    is_plain = PLAIN_WORDS.match(told) is not None or _is_word(told)
    return WHOLE_NAME.fullmatch(told) is not None and not is_plain


def surname_of(name: str) -> str:
    """Return the surname: two characters if it is a compound one."""
    is_compound = len(name) > len("欧阳") and re.match(COMPOUND, name)
    return name[:2] if is_compound else name[:1]


def has_given_name(name: str) -> bool:
    """Tell whether there is more than a surname with a title (张先生)."""
    given = name[len(surname_of(name)) :]
    return bool(given) and re.match(f"副|{TITLES}", given) is None


def _length(name: str, ends_here: bool) -> int:
    surname = len(surname_of(name))
    given = name[surname:]
    if "·" in name or ends_here or len(given) == 1 or given[1] not in FUNCTION_WORDS:
        return len(name)
    return surname + 1


def _is_plain(name: str) -> bool:
    given = name[len(surname_of(name)) :]
    return (
        PLAIN_WORDS.match(name) is not None
        or not has_given_name(name)
        or _begins_as_a_word(given)
        or any(sign in NOT_GIVEN for sign in given)
        or PLAIN_WORDS.match(given) is not None
    )


def _begins_as_a_word(given: str) -> bool:
    if given[:1] in ALSO_FIRST and given[1:] and given[1] in IN_GIVEN_NAMES:
        return False
    return given[:1] in FUNCTION_WORDS
