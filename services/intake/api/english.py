"""What people read about their case, in English, by the Chinese sentence that it stands for."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "您的反映已登记，编号 {number}。": "Registered under the number {number}.",
        "您反映问题没有解决，已重新办理（第 {round} 轮）。": (
            "You said it is not solved: work has begun again (round {round})."
        ),
        "已受理，承诺时限开始计算。": "Accepted; the promised time has begun.",
        "不属于本窗口受理范围：{explanation}": "Not for this window: {explanation}",
        "您不同意不予受理的决定，由上级复核，最晚 {decide_by} 答复您。": (
            "You appealed against the decision; a supervisor answers by {decide_by}."
        ),
        "{upheld}{words_masked}": "{upheld}{words_masked}",
        "复核后维持不予受理：": "After review the decision stands: ",
        "复核后改为受理，时限从登记那天算起：": (
            "After review it is accepted; the promised time counts from its registration: "
        ),
        "上级正在复核您的异议，有结果就发短信告诉您。": (
            "A supervisor is looking at your appeal; we text you the result."
        ),
        "承诺在 {due_at} 前办结。": "Promised by {due_at}.",
        "承诺时限继续计算，仍为 {due_at}。": "The promised time goes on, still until {due_at}.",
        "难易重新核定，承诺时限由 {due_before} 改为 {due_at}。": (
            "How much work it is was put right: your promise moved from {due_before} to {due_at}."
        ),
        "难易重新核定，承诺时限由 {due_before} 改为 {due_at}（暂定）。": (
            "How much work it is was put right: your promise moved from {due_before} to {due_at} "
            "(provisional)."
        ),
        "办理时限调整，承诺时限由 {due_before} 改为 {due_at}。": (
            "The limits changed: your promise moved from {due_before} to {due_at}."
        ),
        "办理时限调整，承诺时限由 {due_before} 改为 {due_at}（暂定）。": (
            "The limits changed: your promise moved from {due_before} to {due_at} (provisional)."
        ),
        "{local}，承诺时限由 {due_before} 改为 {due_at}。": (
            "{local}: the promised time moves from {due_before} to {due_at}."
        ),
        "{local}，承诺时限由 {due_before} 改为 {due_at}（暂定）。": (
            "{local}: the promised time moves from {due_before} to {due_at} (provisional)."
        ),
        "{place}{names}放假": "{place} has days off for {names}",
        "{place}因{names}调整上班时间": "{place} changed its working hours for {names}",
        "{place}调整上班时间": "{place} changed its working hours",
        "、": ", ",
        "放假安排公布，承诺时限由 {due_before} 改为 {due_at}。": (
            "The holidays are published: the promised time moves from {due_before} to {due_at}."
        ),
        "放假安排公布，承诺时限由 {due_before} 改为 {due_at}（仍为暂定）。": (
            "The holidays are published: the promised time moves from {due_before} to {due_at}; "
            "not final yet."
        ),
        "放假安排公布，承诺时限 {due_at} 不变，已经确定。": (
            "The holidays are published: the promised time, {due_at}, stays and is final."
        ),
        "经批准延期，预计 {due_at} 前办结。原因：{because}": (
            "More time was granted: it is expected to be solved by {due_at}. Reason: {because}"
        ),
        "已交由{to_name}办理，承诺时间不变。": (
            "{to_name} has taken it over; the promised time stays."
        ),
        "{from_name}办不了，已转由{to_name}办理，承诺时间不变。": (
            "{from_name} cannot settle it, so {to_name} has taken it over; "
            "the promised time stays."
        ),
        "{from_name}退回，由{to_name}重新安排，承诺时间不变。": (
            "{from_name} gave it back and {to_name} finds another office; the promised time stays."
        ),
        "办理结果已由{from_name}转给{to_name}。": (
            "{from_name} has passed the result on to {to_name}."
        ),
        "已交回{to_name}重新办理，承诺时间不变。": (
            "{to_name} works on it again; the promised time stays."
        ),
        "已派给{unit_name}办理。": "Given to {unit_name}.",
        "{unit_name}已签收。": "{unit_name} has taken it on.",
        "{unit_name}协助{lead_name}办理，仍由{lead_name}给您答复。": (
            "{unit_name} is helping {lead_name}; {lead_name} still answers you."
        ),
        "{unit_name}已把意见交给承办单位。": (
            "{unit_name} has given its part to the office in charge."
        ),
        "{unit_name}不再协助办理。": "{unit_name} is not helping any more.",
        "当场答复：{answer_masked}": "Answered at once: {answer_masked}",
        "{unit_name}已与您联系（{way}）。": "{unit_name} has contacted you ({way}).",
        "{unit_name}退回，工作人员正在重新安排承办单位。": (
            "{unit_name} gave it back; we are finding another office."
        ),
        "工作人员正在确定承办单位。": "We are finding the office whose job it is.",
        "{unit_name}请您在 {answer_by} 前补充材料：{materials_masked}": (
            "{unit_name} needs something from you by {answer_by}: {materials_masked}"
        ),
        "您已答复：{text_masked}": "You answered: {text_masked}",
        "{starts_at} 开协调会，有关单位一起商量怎么办。": (
            "The offices meet on {starts_at} to settle what each of them does."
        ),
        "请您 {starts_at} 到{place_masked}参加协调会。": (
            "Please come to the meeting on {starts_at}: {place_masked}."
        ),
        "请您 {starts_at} 到{place_masked}参加协调会，请带：{bring_masked}": (
            "Please come to the meeting on {starts_at}: {place_masked}. Bring: {bring_masked}"
        ),
        "协调会开过了，各方意见一致，正在整理纪要。": (
            "The meeting was held and all agreed; its minutes are being written."
        ),
        "协调会开过了，还要再开一次。": "The meeting was held; there will be another one.",
        "协调会没有形成一致意见，接下来由有关部门裁定由谁办理。": (
            "The meeting did not agree: others decide now whose task it is."
        ),
        "协调会定了分工：{duties}": "The meeting settled who does what: {duties}",
        "{unit_name}：{words_masked}": "{unit_name}: {words_masked}",
        "协调会的纪要已确认。": "The minutes of the meeting are confirmed.",
        "协调会不开了：{because}": "The meeting will not take place: {because}",
        "{unit_name}不再等您补材料，继续办理。": (
            "{unit_name} waits no more for what it asked you for, and goes on."
        ),
        "承办单位在等您补充材料，请看上面的清单；有困难的，直接打给它。": (
            "The office waits for something from you: see the list above, or call it."
        ),
        "{unit_name}已向{party_name}了解情况，等它答复。": (
            "{unit_name} asked {party_name} about it and waits for its answer."
        ),
        "{party_name}已向{unit_name}答复。": "{party_name} has answered {unit_name}.",
        "{unit_name}不再等{party_name}的答复，继续办理。": (
            "{unit_name} waits no more for the answer of {party_name}, and goes on."
        ),
        "{unit_name}已办完并提交答复。": "{unit_name} is done and has answered.",
        "已办结，答复：{answer_masked}": "Done. The answer: {answer_masked}",
        "请您评价是否真正解决，评价截止 {answer_by}。": (
            "Please tell us by {answer_by} whether it is really solved."
        ),
        "您已评价：{level}。": "Your rating: {level}.",
        "登记的信息已更正。": "What was taken down has been corrected.",
        "个人信息已按规定清除。": "The personal data of this case have been erased.",
        "与您反映的另一件 {lead_number} 是同一件事，合在一起办理，一起答复您。": (
            "The same matter as your other case {lead_number}: handled and answered together."
        ),
        "不再与 {lead_number} 合并，单独办理。": (
            "No longer together with {lead_number}: handled by itself."
        ),
        "您反映了几件事，分成 {matters} 件办：新编号 {numbers}，每件都答复您。": (
            "You told us several things, so they are {matters} cases now. "
            "New numbers: {numbers}. You will be answered on each."
        ),
        "{part_number} 说的是同一件事，合回这件一起办，一起答复您。": (
            "{part_number} is the same matter: handled and answered together with this case again."
        ),
        "从您反映的 {split_from} 分出来单独办，编号 {number}，承诺时间从您当初反映时算起。": (
            "Split off your report {split_from}, number {number}. "
            "The promised time counts from when you told us."
        ),
        "这件和您的另一件合在一起办理，有结果两件一起答复。编号、查询码和承诺时间都不变。": (
            "This case is handled together with your other one, and both are answered at once. "
            "Number, query code and promised time stay."
        ),
        "您催办了（第 {urges} 次），承办单位看得到。": (
            "You urged it (no. {urges}); the office in charge sees it."
        ),
        "您催办了（第 {urges} 次），承办单位看得到：{text_masked}": (
            "You urged it (no. {urges}); the office in charge sees it: {text_masked}"
        ),
        "一起反映的第 {complainant} 位补充了：{text_masked}": (
            "No. {complainant} of those who reported it together added: {text_masked}"
        ),
        "一起反映的第 {complainant} 位换了联系电话。": (
            "No. {complainant} of those who reported it together has another telephone."
        ),
        "代表大家的联系人换了联系电话。": "Who speaks for all has another telephone.",
        "您补充了：{text_masked}": "You added: {text_masked}",
        "联系电话已换成 {masked_phone}，经验证码核实；短信改发那里。": (
            "Your telephone is now {masked_phone}, shown by a code; messages go there."
        ),
        "{helper}陪您办这件事，有不清楚的请找帮办员。": (
            "{helper} goes through it with you: ask them whatever is not clear."
        ),
        "这件事不再指定帮办员，有不清楚的请拨打 12345。": (
            "Nobody is named to go through it with you any more: call 12345 with questions."
        ),
        "本件已结束。": "This case is closed.",
        "{unit_name}联系您未成功（{way}），会再次联系。": (
            "{unit_name} could not reach you ({way}) and will try again."
        ),
        "承诺在 {due_at} 前办结（暂定，节假日安排公布后确定）。": (
            "Promised by {due_at} (final once the holidays are published)."
        ),
        "{at.year} 年 {at.month} 月 {at.day} 日 {at:%H:%M}": "{at.day} {at:%b %Y, %H:%M}",
        "电话": "by telephone",
        "上门或见面": "in person",
        "短信": "by message",
        "视频": "by video",
        "绿灯：在承诺时限之内。": "Green: within the promised time.",
        "黄灯：距承诺时限不足 24 小时。": "Yellow: less than 24 hours are left.",
        "红灯：已超过承诺时限。": "Red: the promised time is over.",
        "非常不满意": "very dissatisfied",
        "不满意": "dissatisfied",
        "基本满意": "fairly satisfied",
        "满意": "satisfied",
        "非常满意": "very satisfied",
        "{unit_name}说明：{explanation_masked}（依据：{ground_masked}）"
        "继续跟踪，{next_on}以前再告诉您进展。": (
            "{unit_name} explains: {explanation_masked} (basis: {ground_masked}) "
            "It goes on with it and tells you more by {next_on}."
        ),
        "已在承诺时限内向您说明。": "Explained to you within the promised time.",
        "向您说明时已超过承诺时限。": "Explained to you after the promised time.",
        "{day.year} 年 {day.month} 月 {day.day} 日": "{day:%Y-%m-%d}",
        "这件事一时办不成，原因写在上面。承办单位没有放下，会继续跟踪，"
        "最晚在上面的日子告诉您进展；办成了再请您评价。": (
            "This cannot be settled now; why is written above. The office has not put it aside: "
            "it tells you more by the day above, and asks for your rating once it is settled."
        ),
        "在承诺时限内办结。": "Done within the promised time.",
        "办结时已超过承诺时限。": "Done after the promised time.",
        "工作人员会核实是否属于受理范围，有结果就发短信告诉您。": (
            "We check whether this window may take it, and send you a message."
        ),
        "工作人员会把它派给承办单位，派好就发短信告诉您是哪个单位。": (
            "We give it to the office whose job it is, and send you a message which one that is."
        ),
        "接手的地方会安排单位办理，安排好就发短信告诉您。编号、查询码和承诺时间都不变。": (
            "Whoever has taken it over gives it to an office, and we send you a message. "
            "Number, query code and promised time stay."
        ),
        "承办单位会签收，并在一个工作日内与您联系。没有接到电话，可以直接打给它。": (
            "The office takes it on and contacts you within one working day. "
            "If nobody calls, you may call the office."
        ),
        "承办单位会在一个工作日内与您联系。没有接到电话，可以直接打给它。": (
            "The office contacts you within one working day. "
            "If nobody calls, you may call the office."
        ),
        "承办单位正在办理，最晚在承诺的期限以前告诉您结果。": (
            "The office is working on it and tells you the result within the promised time."
        ),
        "承办单位已提交答复，正在汇总，随后告诉您结果。": (
            "The office has answered; we put it together and tell you the result."
        ),
        "请您评价：问题是否真正解决。没有解决的会重新办理。": (
            "Please rate: is it really solved? If not, work begins again."
        ),
        "已收到您的评价，谢谢。": "We have your rating. Thank you.",
        "请看不受理的原因和可以去的地方；不同意这个决定，可拨打 12345。": (
            "See why we cannot take it and where you can go; if you disagree, call 12345."
        ),
        "您撤回了这件，承办单位停止办理；{take_back_by} 前可以改变主意。": (
            "You withdrew this case: work on it stops. You may change your mind by {take_back_by}."
        ),
        "您改变了主意，这件接着办。": "You changed your mind: this case goes on.",
        "您改变主意后，已接着办理（第 {round} 轮）。": (
            "As you changed your mind, work goes on (round {round})."
        ),
        "{unit_name}已停止办理。": "{unit_name} has stopped working on it.",
        "各单位都已停止办理。": "All offices have stopped working on it.",
        "您已撤回，承诺时限不再计算。": "You withdrew it: the promised time counts no more.",
        "承诺时限接着计算，撤回时剩下的工作时间不变，到 {due_at}。": (
            "The promised time goes on with the working time that was left, until {due_at}."
        ),
        "您已撤回，不再办理，也不请您评价。改变主意的，在上面的日子以前可以接着办。": (
            "You withdrew it: nobody works on it or asks for your rating. "
            "If you change your mind by the day above, it goes on."
        ),
        "正在恢复办理，安排好承办单位就发短信告诉您。": (
            "It is taken up again; we send you a message when an office has it."
        ),
        "本件已结束。如有新情况，可再次反映或拨打 12345。": (
            "This case is closed. If something is new, tell us again or call 12345."
        ),
    }
)
