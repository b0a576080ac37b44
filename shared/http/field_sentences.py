"""What people read beside a field that is wrong: Chinese and English, by the kind of fault."""

from collections.abc import Mapping

from shared.http.text import CODE_PATTERN

BY_PATTERN: Mapping[str, tuple[str, str]] = {
    CODE_PATTERN: (
        "请填编码，不填名称：只用字母、数字和 . _ -，最长 64 位。",
        "A code, not a name: only letters, digits and . _ -, at most 64.",
    ),
}
"""Where a text has to look like something that people know by a name."""
OTHER = ("内容不符合要求，请检查后重填。", "This does not fit: check it.")
"""Where none of the following says it better."""

FIELDS: Mapping[str, tuple[str, str]] = {
    "missing": ("这一项必须填写。", "This field is required."),
    "extra_forbidden": ("没有这一项，请去掉。", "There is no such field: remove it."),
    "string_type": ("这里应填文字。", "This must be text."),
    "string_unicode": ("含有不完整的字符，请重新输入。", "Remove broken characters."),
    "string_too_short": ("这一项不能空着。", "This must not be empty."),
    "too_short": ("这一项不能空着。", "This must not be empty."),
    "string_too_long": ("最多 {max_length} 个字。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("格式不对，请核对。", "The format is wrong."),
    "ground_needed": (
        "选“其他”的，请写明事由；不要写姓名、电话。",
        "For another purpose, say why; without names or telephones.",
    ),
    "control_character": (
        "含有看不见的控制字符，请重新输入。",
        "Remove control characters.",
    ),
    "named_twice": (
        "同一件写了两次，请去掉一次。",
        "The same case is named twice: once is enough.",
    ),
    "one_line": ("请写成一行。", "This must be one line."),
    "int_type": ("这里应填整数。", "This must be a whole number."),
    "int_parsing": ("这里应填整数。", "This must be a whole number."),
    "int_from_float": ("这里应填整数。", "This must be a whole number."),
    "int_parsing_size": ("这个数字太大了。", "This number is too large."),
    "finite_number": ("这里应填整数。", "This must be a whole number."),
    "bool_type": ("请选“是”或“否”。", "This must be true or false."),
    "bool_parsing": ("请选“是”或“否”。", "This must be true or false."),
    "greater_than_equal": ("不能小于 {ge}。", "At least {ge}."),
    "less_than_equal": ("不能大于 {le}。", "At most {le}."),
    "enum": ("请从 {expected_zh} 中选一个。", "Choose one of {expected}."),
    "literal_error": ("请从 {expected_zh} 中选一个。", "Choose one of {expected}."),
    "json_invalid": ("内容不是有效的 JSON。", "The body is not valid JSON."),
    "model_attributes_type": ("这里应是一个对象。", "This must be an object."),
    "model_type": ("这里应是一个对象。", "This must be an object."),
    "dict_type": ("这里应是一个对象。", "This must be an object."),
    "frozen_set_type": ("这里应是一个列表。", "This must be a list."),
    "list_type": ("这里应是一个列表。", "This must be a list."),
    "too_long": ("最多 {max_length} 项。", "At most {max_length} entries."),
    "days_in_order": ("有效期的最后一天早于第一天，请改正。", "The last day is before the first."),
    "uuid_parsing": ("编号格式不对。", "Not a valid id."),
    "uuid_type": ("编号格式不对。", "Not a valid id."),
    "datetime_parsing": ("时间格式不对，例如 2026-03-02T08:45:00+08:00。", "Not a date and time."),
    "datetime_from_date_parsing": (
        "时间格式不对，例如 2026-03-02T08:45:00+08:00。",
        "Not a date and time, for example 2026-03-02T08:45:00+08:00.",
    ),
    "datetime_type": (
        "时间格式不对，例如 2026-03-02T08:45:00+08:00。",
        "Not a date and time, for example 2026-03-02T08:45:00+08:00.",
    ),
    "year_range": (
        "年份应在 {ge} 到 {le} 之间。",
        "The year must lie between {ge} and {le}.",
    ),
    "timezone_aware": (
        "时间要带时区，例如 +08:00。",
        "The time needs a zone: +08:00.",
    ),
    "not_bad": (
        "只有差评（1 级、2 级）才转成诉求件。",
        "Only a bad review (level 1 or 2) becomes a case.",
    ),
    "phone": ("电话号码不对，请填手机号或带区号的座机号。", "Not a telephone number."),
    "mobile": (
        "请填能收短信的手机号；座机请拨打 12345。",
        "Only a mobile telephone gets messages: call 12345.",
    ),
    "mobile_of_party": (
        "请填能收短信的手机号，短信会发到这个号码。",
        "Enter a mobile telephone: messages are sent to it.",
    ),
    "case_number": ("编号不对，请照着回执核对每一位。", "Not a case number: check every sign."),
    "id_number": ("身份证号不对，请核对每一位。", "Not a valid id number."),
    "document_number": (
        "号码和证件种类对不上，请核对号码，或者另选种类。",
        "Not a number of such a document: check it, or choose another kind.",
    ),
    "place_code": (
        "地区代码应是 2、4、6、9 或 12 位数字。",
        "A region code has 2, 4, 6, 9 or 12 digits.",
    ),
    "region": ("地区代码应是 6 位数字。", "A region code has six digits."),
    "scope": ("没有这个权限范围，请从列表中选择。", "No such scope: choose from the list."),
    "network": (
        "不是有效的 IP 地址或网段，例如 10.20.0.0/16。",
        "Neither an address nor a network such as 10.20.0.0/16.",
    ),
    "nobody_named": (
        "请至少选一个单位，或填一个人的姓名。",
        "Name a unit or a person.",
    ),
    "bodies_only": (
        "企业服务平台只收企业、合作社等单位的反映；个人请用网上反映。",
        "Only for enterprises and other bodies: a person reports by the channel web.",
    ),
    "float_type": ("这里应填数字。", "This must be a number."),
    "float_parsing": ("这里应填数字。", "This must be a number."),
    "authority_day": ("委托书要写明有效期，请填最后一天。", "Say until which day it counts."),
    "authority_over": (
        "这份授权已过期，请换新的，或者不填授权。",
        "It counts no more: show a new one, or leave it out.",
    ),
    "uscc": ("统一社会信用代码不对，请核对每一位。", "Not a valid unified social credit code."),
}
