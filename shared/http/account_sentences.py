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
    "not_signed_in": (401, "请先登录。", "Sign in first."),
    "wrong_credentials": (401, "账号或密码不对，请重新输入。", "Wrong account or password."),
    "wrong_token": (
        401,
        "令牌不对、已到期、已作废，或者来自不允许的地址，请找安全管理员核对。",
        "This token is wrong, expired, revoked or from an address that is not allowed.",
    ),
    "mistyped_token": (
        401,
        "令牌没有抄完整，或者抄错了一位，请重新复制。",
        "A sign of this token is wrong or missing: copy it again.",
    ),
    "sso_off": (
        404,
        "这里没有接入统一身份认证，请用本机账号登录。",
        "There is no single sign-on here: use a local account.",
    ),
    "sso_unavailable": (
        503,
        "统一身份认证现在连不上，请稍后再试，急用时请用本机账号登录。",
        "The single sign-on cannot be reached: try again later, or use a local account.",
    ),
    "sso_expired": (
        401,
        "登录用时太长，或换了浏览器。请再点一次登录。",
        "The sign-in took too long, or came back in another browser: begin again.",
    ),
    "sso_logout_unproven": (
        400,
        "退出通知核对不符：不是统一身份认证签发的、已经用过，或者过期了。",
        "This logout token is not one of the single sign-on, was used before, or is too old.",
    ),
    "sso_unproven": (
        401,
        "统一身份认证的答复核对不符，没有登录。请再点一次登录；还不行请找系统管理员。",
        "What the single sign-on answered proves nothing: begin again, or ask your administrator.",
    ),
    "sso_no_login": (
        403,
        "统一身份认证没有给出能用的账号名，请找系统管理员核对账号。",
        "The single sign-on gave no usable login: ask your administrator to check your account.",
    ),
    "sso_no_role": (
        403,
        "您在本系统里没有职责。请找安全管理员在统一身份认证里授权。",
        "You have no role in this system: ask the security administrator to grant one there.",
    ),
    "sso_login_taken": (
        403,
        "这个账号名已经是本机账号，不能用统一身份认证登录。请用密码登录，或找系统管理员处理。",
        "A local account has this login: sign in by its password, or ask the administrator.",
    ),
    "sso_account": (
        409,
        "这个账号由统一身份认证管理，请在那边改密码、两步验证和职责。",
        "A single sign-on keeps this account: change password, second factor and roles there.",
    ),
    "sso_unknown_unit": (
        403,
        "统一身份认证给出的单位，这里没有。请找系统管理员核对单位代码。",
        "The single sign-on names a unit that is not known here: ask your administrator.",
    ),
    "changed_meanwhile": (
        409,
        "这个账号刚刚被别人改过，没有保存。请刷新后再试。",
        "Somebody has just changed this account, nothing was saved: reload and try again.",
    ),
    "sso_second_factor": (
        403,
        "您的职责要求两步登录，这次登录没有用第二步。请在统一身份认证里打开两步验证，再登录。",
        "Your role asks for a second factor, and none was used: turn it on there, and come again.",
    ),
    "roles_clash": (
        422,
        "管理员和纪检监察人员不能再兼其他职责，请只留一个，另一个职责另开账号。",
        "An administrator or inspector holds no other role: keep one, and make another account.",
    ),
    "too_many_wrong_tokens": (
        429,
        "错误的令牌太多，请改正后稍后再试。",
        "Too many wrong tokens: mend it, and try later.",
    ),
    "token_name_taken": (
        409,
        "已有同名的令牌在用，请换个名字，或先作废原来的。",
        "A token of this name is in use: choose another name, or revoke that one first.",
    ),
    "token_too_long": (
        422,
        "有效期超过了规定的最长天数，请缩短。",
        "It would live longer than the node allows: choose fewer days.",
    ),
    "token_channel_missing": (
        422,
        "“登记”和登记用的渠道要一起选：选了登记就至少选一个渠道。",
        "To register takes a channel, and a channel is only for registering: choose both.",
    ),
    "unknown_token": (404, "没有这个令牌，请从列表重新打开。", "No such token: open the list."),
    "token_revoked": (
        409,
        "这个令牌已经作废，请另建一个。",
        "This token was revoked: make another one.",
    ),
    "too_many_sign_ins": (
        429,
        "输错次数太多，请过{wait}再试。",
        "Too many failed attempts: try again in {wait}.",
    ),
}
