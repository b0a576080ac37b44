"""What is said where something about a coordination meeting is refused."""

from collections.abc import Mapping

OF_MEETINGS: Mapping[str, tuple[int, str, str]] = {
    "unknown_meeting": (404, "没有找到这个协调会。", "No such meeting."),
    "unknown_party": (
        422,
        "参加方不在这次会上，请刷新页面再选。",
        "No such party is asked to it: load the page again and choose.",
    ),
    "unknown_minutes": (404, "还没有这一号纪要，请先起草。", "No such minutes: draft them first."),
    "meeting_there": (
        409,
        "这件已经有一个协调会在开。请在那个会上邀请、改期或开下一轮，或者先取消它。",
        "There is an open meeting about this case: ask, move or go on there, or cancel it first.",
    ),
    "meeting_open": (
        409,
        "这件的协调会还没有结束，不能办结。请先确认纪要，或者取消协调会（写明原因），再办结。",
        "The meeting about this case has not ended: confirm its minutes, or cancel it with a "
        "reason, then finish.",
    ),
    "meeting_over": (
        409,
        "这个协调会已经开完或取消了。要再商量，请另召集一次；要改纪要，请另出一号纪要。",
        "This meeting has ended: convene another one, or amend it by new minutes.",
    ),
    "meeting_not_agreed": (
        409,
        "还没有记下形成一致意见的那一轮。请先登记这一轮会议，再起草纪要。",
        "No round has settled anything yet: write down the round first, then draft minutes.",
    ),
    "too_few_parties": (
        422,
        "除了召集人，至少要有两个参加方。请再加一个单位、企业、诉求人或专家。",
        "A meeting takes two parties beside its convenor: add a unit, a company, the person or "
        "an expert.",
    ),
    "too_many_parties": (
        422,
        "一次会最多 24 方。请只请要承担分工或提供意见的。",
        "A meeting has at most 24 parties: ask those who take on duties or advise.",
    ),
    "party_twice": (
        422,
        "同一个参加方写了两次，请去掉一个。",
        "A party is named twice: drop one of them.",
    ),
    "party_name_needed": (
        422,
        "企业、专家、信访部门和领导要写名称或职务，请补上。",
        "A company, an expert, an office or a leader takes a name or function: add it.",
    ),
    "party_complained_of": (
        422,
        "这件反映的就是这个单位或它的上级，不能作为参加方。确需听它说明的，请督办人员写明理由，"
        "让它列席陈述；它看不到这件的内容。",
        "The case complains of this unit or of one above it. If it must be heard, a supervisor "
        "lets it be heard with a reason; it sees nothing of the case.",
    ),
    "heard_by_supervisor": (
        422,
        "列席陈述只能由督办人员写明理由后安排，请从参加方里去掉它。",
        "Only a supervisor lets a unit be heard, with a reason: take it off the parties.",
    ),
    "not_complained_of": (
        422,
        "这件没有反映这个单位，请直接邀请它参加。",
        "The case does not complain of this unit: invite it like every party.",
    ),
    "bad_meeting_time": (
        422,
        "请选现在以后、60 天以内的时间。",
        "Choose a time after now and within 60 days.",
    ),
    "meeting_not_yet": (
        409,
        "还没有到开会的时间。提前开了的，请先改期，再登记。",
        "The round has not begun. If it was held earlier, move it first.",
    ),
    "presence_missing": (
        422,
        "还有参加方没有写到会还是缺席，请每一个都选。",
        "Some party is neither present nor absent: choose for each of them.",
    ),
    "too_few_present": (
        422,
        "到会的（含代为参加的）不到两方，不能算形成一致意见。请改选“继续协商”，另定时间。",
        "Fewer than two parties were there: nothing can be agreed. Choose another day instead.",
    ),
    "next_round_needed": (
        422,
        "继续协商要写下一轮的时间、地点和议题，请补上。",
        "To go on takes time, place and agenda of the next round: add them.",
    ),
    "duties_needed": (
        422,
        "形成一致意见的，要写清楚谁做什么、什么时候做完。请至少写一项分工。",
        "An agreement takes a division of duties: write down at least one.",
    ),
    "no_duties_without_agreement": (
        422,
        "没有形成一致意见，不能写分工。请去掉分工，由裁定决定。",
        "Nothing was agreed, so there are no duties: drop them, the arbitration decides.",
    ),
    "one_limit_needed": (
        422,
        "每项分工写一个时限：几个工作日，或者哪一天以前。请补上或去掉一个。",
        "Each duty has one limit: working days, or a day. Give one of them.",
    ),
    "duty_limit_past": (
        422,
        "分工的时限已经过了，请改成今天或以后。",
        "The limit of a duty lies in the past: choose today or later.",
    ),
    "duty_limits_differ": (
        422,
        "同一个单位的几项分工（含它负责督促的企业）合成一件协办，请写同一个时限。",
        "What one unit answers for is one part of the order: give its duties the same limit.",
    ),
    "duty_of_no_party": (
        422,
        "分工里的单位或企业没有参加这次会。请先邀请它，再写分工。",
        "A duty names a unit or company that is no party: invite it first.",
    ),
    "duties_without_order": (
        409,
        "这件还没有承办单位，分工没有地方落。请先派给牵头单位，再确认纪要。",
        "No unit has this case yet: dispatch it to the one that leads, then confirm.",
    ),
    "amendment_ground_needed": (
        422,
        "前一号纪要已经确认，不能改。另出一号请写明为什么修订。",
        "Minutes were confirmed and stay: say why these amend them.",
    ),
    "no_minutes_drafted": (
        409,
        "还没有纪要草稿，请先起草。",
        "No minutes are drafted: do that first.",
    ),
    "not_convenor": (
        403,
        "纪要由召集人确认。召集人不在的，请先点“由我负责”接过来，再确认。",
        "The convenor confirms the minutes. If they are away, take the meeting over first.",
    ),
}
