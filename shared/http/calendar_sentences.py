"""What people read when a notice of the working calendar is not taken down or signed."""

from collections.abc import Mapping

OF_NOTICES: Mapping[str, tuple[int, str, str]] = {
    "notice_year": (
        422,
        "请填写放假通知是哪一年的，2004 至 2099 年。",
        "Say of which year the notice is, 2004 to 2099.",
    ),
    "notice_title": (
        422,
        "请填写放假通知的标题。",
        "Give the title of the notice.",
    ),
    "notice_days": (
        422,
        "放假和调休上班的日子应有 1 至 {detail} 天，请核对。",
        "A notice names 1 to {detail} days: check it.",
    ),
    "notice_day_twice": (
        422,
        "{detail} 写了两次，请只保留一次。",
        "{detail} is given twice: keep one of them.",
    ),
    "notice_day_far": (
        422,
        "{detail} 不在这一年的放假安排里，请核对年份和日期。",
        "{detail} is too far from the year of the notice: check both.",
    ),
    "notice_text": (
        422,
        "标题、文号和节日名称都要写成一行，最多 {detail} 个字，不能有看不见的字符。",
        "Title, number and holiday are one line each, of at most {detail} plain characters.",
    ),
    "notice_line": (
        422,
        "第 {detail} 行看不懂。每行写：日期（或起止日期）、节日名称、休或班，"
        "例如 2027-01-01~2027-01-03 元旦 休；每周的安排写：周六 上班 09:00-12:00。",
        "Line {detail} cannot be read. Write a day or a range, the holiday, and off or on, for "
        "example 2027-01-01~2027-01-03 holiday off; of weekdays: Sat on 09:00-12:00.",
    ),
    "notice_hours": (
        422,
        "第 {detail} 行的上班时间看不懂。写成 09:00-12:00，几段之间空一格，早的在前，不能重叠。",
        "The hours on line {detail} cannot be read: write 09:00-12:00, spans in their order with "
        "a blank between them.",
    ),
    "notice_spans": (
        422,
        "上班时间看不懂。写成 09:00-12:00,13:00-17:00，早的在前，不能重叠。",
        "The hours cannot be read: write 09:00-12:00,13:00-17:00, spans in their order.",
    ),
    "notice_hours_off": (
        422,
        "{detail} 写成休息，又写了上班时间，请只留一样。",
        "{detail} is off and has hours: keep one of the two.",
    ),
    "notice_hours_national": (
        422,
        "全国的放假通知只写休和班。上班时间、每周安排请写明是哪个地区或哪个单位的。",
        "The country's notice says off and on alone: say whose hours and weeks these are, a "
        "region's or a unit's.",
    ),
    "notice_weeks": (
        422,
        "每周的安排最多 {detail} 行，请合并。",
        "There are at most {detail} lines of weekdays: join some of them.",
    ),
    "notice_week": (
        422,
        "每周的安排不对：{detail}。请核对星期几，结束不能早于开始。",
        "This line of weekdays makes no sense: {detail}. Check the weekdays, and that it does not "
        "end before it begins.",
    ),
    "notice_region": (
        422,
        "地区代码不对，或者和本级没有关系。请填本级、上级或者下级的行政区划代码。",
        "This is no code of a region that has to do with this node: its own, or one above or "
        "below.",
    ),
    "notice_unit": (
        422,
        "只能录本级单位的日历，请选本级的单位，地区不用填。",
        "Only units of this node have calendars here: choose one, and no other region.",
    ),
    "notice_unreadable": (
        422,
        "这个文件看不懂。请用 JSON、CSV 或 xlsx，见接口文档中的例子。",
        "This file cannot be read: send JSON, CSV or xlsx, as the API describes them.",
    ),
    "notice_too_large": (
        413,
        "文件太大，最多 {detail} KB。放假通知只有几十行，请核对是不是选错了。",
        "The file is larger than {detail} KB: a notice has some dozen lines, check it.",
    ),
    "notice_known": (
        409,
        "同样的放假通知已经有了，不用再录。请在列表中查看。",
        "The same notice is there already: look at the list.",
    ),
    "unknown_notice": (404, "没有找到这个放假通知。", "No such notice."),
    "notice_state": (
        409,
        "这个放假通知的状态已经变了，请刷新后再看。",
        "The notice is in another state by now: look at it again.",
    ),
    "notice_digest": (
        409,
        "您看的和现在的不是同一份，请重新打开核对后再办。",
        "This is not the notice that you looked at: open it again.",
    ),
    "notice_second_person": (
        409,
        "录入人不能签发自己录的放假通知，请另一个人核对后签发。",
        "Whoever took a notice down does not sign it: somebody else must.",
    ),
    "notice_not_yours": (
        409,
        "只有录入人可以撤回。要退回，请用“退回”。",
        "Only who took it down may withdraw it: reject it instead.",
    ),
}
