"""What people read when something about their account is refused; see `sentences`."""

from collections.abc import Mapping

OF_ACCOUNTS: Mapping[str, tuple[int, str, str]] = {
    "password_too_short": (
        422,
        "密码至少要 {detail} 个字符。可以用几个互不相干的词连起来，又长又好记。",
        "A password needs at least {detail} characters: several unrelated words are easy to keep.",
    ),
    "password_reused": (
        422,
        "新密码和现在的一样，请换一个。",
        "This is the present password: choose another one.",
    ),
    "password_site_word": (
        422,
        "密码里有账号、姓名、本系统的名称或常见拼音，容易被猜中。请换成和这里无关的词。",
        "It contains the account, a name, this system or popular pinyin: use unrelated words.",
    ),
    "password_common": (
        422,
        "密码里有很多人在用的密码，一猜就中。请换成几个互不相干的词。",
        "It contains a password that many people use: take several unrelated words instead.",
    ),
    "password_pattern": (
        422,
        "密码是键盘上相邻的键，或者重复、连续的字符。请换成几个互不相干的词。",
        "It follows the keyboard, or repeats or counts up: take several unrelated words instead.",
    ),
    "password_date": (
        422,
        "密码主要是日期或年份，容易被猜中。请再加几个互不相干的词。",
        "It is mostly a date or a year: add some unrelated words.",
    ),
    "password_weak": (
        422,
        "密码还太容易猜。请再加一两个不常见的词。",
        "It is still easy to guess: add one or two uncommon words.",
    ),
    "password_is_theirs": (
        409,
        "已有账号的密码只能由本人修改；忘记密码的，请提出重置，由另一位管理员批准。",
        "Only its owner changes it; if it is lost, propose a reset that another one approves.",
    ),
    "wrong_password": (422, "现在的密码不对，请重新输入。", "The present password is wrong."),
    "password_change_required": (
        403,
        "请先把别人给您的密码改成自己的，再继续。",
        "First replace the password that you were given by your own.",
    ),
    "second_factor_required": (
        403,
        "您的职责要求动态口令，请先设置，再继续。",
        "Your role asks for a second factor: set it up first.",
    ),
    "wrong_second_factor": (
        422,
        "动态口令不对，或者已经用过。请等下一个口令，再输入一次。",
        "The code is wrong or was used before: wait for the next one and type it.",
    ),
    "no_offer": (
        409,
        "还没有开始设置，或者隔了太久。请重新开始设置。",
        "Nothing is being set up, or too long ago: begin again.",
    ),
    "unknown_account": (404, "没有这个账号，请核对。", "No such account: check it."),
    "not_oneself": (
        409,
        "不能停用自己的账号，请由另一位管理员来办。",
        "Nobody ends the own account: ask another administrator.",
    ),
    "not_to_oneself": (
        403,
        "不能给自己授权，请由另一位安全管理员来办。",
        "Nobody grants roles to oneself: ask another security administrator.",
    ),
    "not_a_founder": (
        422,
        "在本机上只能建立系统管理员和安全管理员，其他账号由他们建立。",
        "The machine makes system and security administrators only; they make the others.",
    ),
    "administered_already": (
        409,
        "本节点已有这一类管理员，请由他们来办。",
        "The node has such an administrator already: ask them.",
    ),
    "unknown_reset": (404, "没有这个重置申请，请刷新后再看。", "No such proposal: refresh."),
    "reset_expired": (
        409,
        "这个重置申请已过期，请重新提出。",
        "This proposal has expired: propose it again.",
    ),
    "proposed_meanwhile": (
        409,
        "刚有人提出了同样的申请，请刷新后再看。",
        "Somebody has just proposed the same: refresh.",
    ),
    "own_proposal": (
        403,
        "自己提出的申请要由另一位管理员批准。",
        "Another administrator has to approve what you proposed.",
    ),
    "not_for_oneself": (
        403,
        "重置自己的账号，不能由自己批准。",
        "Nobody approves a reset of the own account.",
    ),
}
