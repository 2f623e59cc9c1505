@0xc7a1f0d3b2e94532;
# Legal figures as shipped, rule set 1: every length, limit, warning and switch of the clocks K1 to
# K21 and of the rules R1 to R58, each with its source and how far that source was read. A row 95
# like any that the registry publishes later; no figure is a constant in code.
#
# Names: K.length, K.warn1 … (before the end; `text` says who is warned), K.breachTo, K.shift
# (whether a last day off moves on), and what else a rule takes. `dayOfYear` 215 is 15 February.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::aggregates::shipped");
using RuleSet = import "/events/schema/registry.capnp".RuleSetPublished;

const ruleSet :RuleSet = (version = 1, from = (days = 18628), rules = [
  (rule = "R1", source = "自定，非法定", mark = own, params = [
    (name = "R1.wishes", number = 2, unit = times,
      zh = "与收买人同住前须听取意愿次数", en = "wishes heard before living with the buyer"),
    (name = "R1.wishDays", number = 2, unit = days,
      zh = "在不同日听取", en = "on so many days")
  ]),
  (rule = "R3", source = "刑法第240、241条；法释〔2016〕28号第9条；个人信息保护法第28条", mark = textRead, params = [
    (name = "R3.child", number = 14, unit = yearsOfAge,
      zh = "儿童", en = "child, below")
  ]),
  (rule = "R3", source = "未成年人保护法第2、61条", mark = textRead, params = [
    (name = "R3.minor", number = 18, unit = yearsOfAge,
      zh = "未成年人", en = "minor, below"),
    (name = "R3.work", number = 16, unit = yearsOfAge,
      zh = "可以就业", en = "may work from")
  ]),
  (rule = "R10", source = "救助管理办法实施细则（民政部令第24号）", mark = fromMemory, params = [
    (name = "R10.stay", number = 10, unit = days,
      zh = "一般救助期限", en = "ordinary stay in a station")
  ]),
  (rule = "R14", source = "民法典第1104条", mark = textRead, params = [
    (name = "R14.consentAge", number = 8, unit = yearsOfAge,
      zh = "收养须本人同意", en = "adoption needs the child's consent from")
  ]),
  (rule = "R17", source = "未成年人保护法第112条", mark = textRead, params = [
    (name = "R17.interviews", number = 1, unit = times,
      zh = "询问未成年被害人次数", en = "interviews of a minor victim")
  ]),
  (rule = "R23", source = "义务教育法第11条", mark = textRead, params = [
    (name = "R23.schoolAge", number = 6, unit = yearsOfAge,
      zh = "入学年龄", en = "school from"),
    (name = "R23.schoolAgePoor", number = 7, unit = yearsOfAge,
      zh = "条件不具备地区入学年龄", en = "school from, where conditions are lacking")
  ]),
  (rule = "R33", source = "自定，非法定", mark = own, params = [
    (name = "R33.intake", number = 0, unit = days,
      zh = "绿色通道当日受理", en = "green channel: intake within"),
    (name = "R33.allPersons", yes = yes,
      zh = "绿色通道不分性别", en = "green channel for men too")
  ]),
  (rule = "R39", source = "自定，非法定", mark = own, params = [
    (name = "R39.assignmentApproves", yes = yes,
      zh = "指派即为查阅批准", en = "an assignment is the standing approval")
  ]),
  (rule = "R48", source = "档案法实施条例第20条", mark = textRead, params = [
    (name = "R48.city", number = 20, unit = years,
      zh = "市级移交档案馆", en = "to the archive, city"),
    (name = "R48.county", number = 10, unit = years,
      zh = "县级移交档案馆", en = "to the archive, county")
  ]),
  (rule = "R49", source = "未查到规定；湖北DB42/T 1527-2019仅供整理参考", mark = secondaryPage, params = [
    (name = "R49.term", text = "longTerm",
      zh = "救助档案保管期限", en = "term of relief files"),
    (name = "R49.automaticDeletion", yes = no,
      zh = "自动销毁", en = "automatic deletion")
  ]),
  (rule = "R50", source = "自定，非法定", mark = own, params = [
    (name = "R50.retry", number = 2, unit = days,
      zh = "未见到后再访", en = "after no contact, again within"),
    (name = "R50.tries", number = 3, unit = times,
      zh = "未见到尝试次数", en = "tries"),
    (name = "R50.triesWithin", number = 14, unit = days,
      zh = "尝试期限", en = "tries within"),
    (name = "R50.neverShiftedUpTo", number = 30, unit = days,
      zh = "不因节假日顺延的节点", en = "steps never shifted by holidays, up to day")
  ]),
  (rule = "R52", source = "出境入境管理法第61条", mark = textRead, params = [
    (name = "R52.notDetainedUnder", number = 16, unit = yearsOfAge,
      zh = "不适用拘留审查", en = "not detained below")
  ]),
  (rule = "R56", source = "自定，非法定", mark = own, params = [
    (name = "R56.untrainedWarns", yes = yes,
      zh = "未培训提示", en = "an untrained recorder is shown")
  ]),
  (rule = "R57", source = "民法典第203条（对机关是否适用待法律意见）", mark = textRead, params = [
    (name = "R57.shift", yes = yes,
      zh = "末日为休息日则顺延", en = "a last day off moves to the next working day"),
    (name = "K2.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K3.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K5.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K6.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K8.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K10b.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K11.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K12.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K14.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K17.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts"),
    (name = "K21.shift", yes = yes,
      zh = "末日顺延", en = "last day shifts")
  ]),
  (rule = "R57", source = "自定，非法定", mark = own, params = [
    (name = "K1.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K4.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K7.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K9.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K10a.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K13.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K16.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K18.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K19.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "K20.shift", yes = no,
      zh = "末日不顺延", en = "last day never shifts"),
    (name = "escalation.first", number = 3, unit = days,
      zh = "逾期后首次上报", en = "after a breach, one level up after"),
    (name = "escalation.second", number = 7, unit = days,
      zh = "逾期后再次上报", en = "and another after")
  ]),
  (rule = "K1", source = "民政部、公安部2015年8月20日意见（待核原文）", mark = secondaryPage, params = [
    (name = "K1.length", number = 24, unit = hours,
      zh = "寻亲公告", en = "tracing notice")
  ]),
  (rule = "K1", source = "自定，非法定", mark = own, params = [
    (name = "K1.warn1", number = 6, unit = hours, text = "worker",
      zh = "预警提前", en = "warned before"),
    (name = "K1.warn2", number = 2, unit = hours, text = "stationHead",
      zh = "预警提前", en = "warned before"),
    (name = "K1.breachTo", text = "stationHead countyMCA",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K2", source = "民政部、公安部2015年8月20日意见（待核原文）", mark = secondaryPage, params = [
    (name = "K2.length", number = 7, unit = workingDays,
      zh = "申请DNA采样", en = "DNA sampling asked for")
  ]),
  (rule = "K2", source = "自定，非法定", mark = own, params = [
    (name = "K2.warn1", number = 2, unit = days, text = "worker",
      zh = "预警提前", en = "warned before"),
    (name = "K2.breachTo", text = "stationHead countyMCA",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K3", source = "民政部、公安部2015年8月20日意见（待核原文）", mark = secondaryPage, params = [
    (name = "K3.length", number = 1, unit = months,
      zh = "DNA入库", en = "DNA entered")
  ]),
  (rule = "K3", source = "自定，非法定", mark = own, params = [
    (name = "K3.warn1", number = 7, unit = days, text = "PSB",
      zh = "预警提前", en = "warned before"),
    (name = "K3.breachTo", text = "psbHead OFF",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K4", source = "民政部、公安部2015年8月20日意见（待核原文）", mark = secondaryPage, params = [
    (name = "K4.length", number = 10, unit = days,
      zh = "滞留认定", en = "stranded")
  ]),
  (rule = "K4", source = "自定，非法定", mark = own, params = [
    (name = "K4.endAfterAway", number = 30, unit = days,
      zh = "离站超过即终止", en = "ends after more days away"),
    (name = "K4.warn1", number = 2, unit = days, text = "worker",
      zh = "预警提前", en = "warned before")
  ]),
  (rule = "K5", mark = secondaryPage,
    source = "内蒙古2022年通知及各地实践；云南数字未查到；细则第18条第3项、国办发〔2015〕96号未定期限",
    params = [
    (name = "K5.length", number = 3, unit = months,
      zh = "落户", en = "household registration")
  ]),
  (rule = "K5", source = "自定，非法定", mark = own, params = [
    (name = "K5.start", text = "40",
      zh = "起算事件：40滞留认定，或19入站", en = "starts at row 40, or 19"),
    (name = "K5.endAfterAway", number = 30, unit = days,
      zh = "离站超过即终止", en = "ends after more days away"),
    (name = "K5.warn1", number = 30, unit = days, text = "MCA",
      zh = "预警提前", en = "warned before"),
    (name = "K5.warn2", number = 7, unit = days, text = "MCA",
      zh = "预警提前", en = "warned before"),
    (name = "K5.breachTo", text = "countyMCA",
      zh = "未申请逾期通知", en = "no application: breach told to"),
    (name = "K5.breachToApplied", text = "psbHead",
      zh = "已申请未登记逾期通知", en = "applied, not entered: breach told to")
  ]),
  (rule = "K6", source = "民政部、公安部2015年打拐解救儿童收养通知（待核原文）", mark = secondaryPage, params = [
    (name = "K6.length", number = 1, unit = months,
      zh = "暂时查找不到证明", en = "temporary certificate")
  ]),
  (rule = "K6", source = "自定，非法定", mark = own, params = [
    (name = "K6.warn1", number = 7, unit = days, text = "PSB",
      zh = "预警提前", en = "warned before"),
    (name = "K6.breachTo", text = "psbHead OFF",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K7", source = "民政部、公安部2015年打拐解救儿童收养通知（待核原文）", mark = secondaryPage, params = [
    (name = "K7.length", number = 30, unit = days,
      zh = "公告期", en = "notice runs")
  ]),
  (rule = "K8", source = "民政部、公安部2015年打拐解救儿童收养通知（待核原文）", mark = secondaryPage, params = [
    (name = "K8.length", number = 7, unit = days,
      zh = "转送福利机构", en = "to a welfare institution")
  ]),
  (rule = "K8", source = "自定，非法定", mark = own, params = [
    (name = "K8.startAfterWithheld", text = "31",
      zh = "不公告的起算事件", en = "after 24b starts at row"),
    (name = "K8.warn1", number = 3, unit = days, text = "MCA",
      zh = "预警提前", en = "warned before"),
    (name = "K8.breachTo", text = "countyMCA OFF",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K9", source = "民政部、公安部2015年打拐解救儿童收养通知（待核原文）", mark = secondaryPage, params = [
    (name = "K9.length", number = 12, unit = months,
      zh = "查找不到证明", en = "final certificate")
  ]),
  (rule = "K9", source = "自定，非法定", mark = own, params = [
    (name = "K9.finalDue", number = 30, unit = days,
      zh = "期满后出具证明", en = "final certificate due after the end"),
    (name = "K9.warn1", number = 30, unit = days, text = "PSB MCA",
      zh = "预警提前", en = "warned before")
  ]),
  (rule = "K10a", source = "中国公民收养子女登记办法（2023年修订）第8条", mark = textRead, params = [
    (name = "K10a.length", number = 60, unit = days,
      zh = "收养公告", en = "adoption notice")
  ]),
  (rule = "K10b", source = "中国公民收养子女登记办法（2023年修订）第8条", mark = textRead, params = [
    (name = "K10b.length", number = 30, unit = days,
      zh = "收养登记决定", en = "decision on adoption")
  ]),
  (rule = "K10b", source = "自定，非法定", mark = own, params = [
    (name = "K10b.warn1", number = 7, unit = days, text = "MCA",
      zh = "预警提前", en = "warned before"),
    (name = "K10b.breachTo", text = "countyMCA",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K11", source = "法律援助法第43条", mark = textRead, params = [
    (name = "K11.length", number = 7, unit = days,
      zh = "法律援助决定", en = "decision on legal aid"),
    (name = "K11.workingDays", yes = no,
      zh = "按工作日计算", en = "counted in working days")
  ]),
  (rule = "K11", source = "办理法律援助案件程序规定第13条（旧）", mark = secondaryPage, params = [
    (name = "K11.pauseForPapers", yes = no,
      zh = "补充材料期间中止", en = "pauses while papers are missing")
  ]),
  (rule = "K11", source = "自定，非法定", mark = own, params = [
    (name = "K11.warn1", number = 3, unit = days, text = "worker",
      zh = "预警提前", en = "warned before"),
    (name = "K11.warn2", number = 1, unit = days, text = "worker",
      zh = "预警提前", en = "warned before"),
    (name = "K11.breachTo", text = "agencyHead JUS",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K12", source = "法律援助法第43条", mark = textRead, params = [
    (name = "K12.length", number = 3, unit = days,
      zh = "指派人员", en = "lawyer appointed"),
    (name = "K12.workingDays", yes = no,
      zh = "按工作日计算", en = "counted in working days")
  ]),
  (rule = "K12", source = "自定，非法定", mark = own, params = [
    (name = "K12.startsAtProvisional", yes = yes,
      zh = "先行援助起算", en = "starts at row 64 too"),
    (name = "K12.warn1", number = 1, unit = days, text = "worker",
      zh = "预警提前", en = "warned before"),
    (name = "K12.breachTo", text = "agencyHead JUS",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K13", source = "法律援助法第44条", mark = textRead, params = [
    (name = "K13.urgent", number = 7, unit = days,
      zh = "不足此日数可先行援助", en = "aid first if the term ends in under")
  ]),
  (rule = "K13", source = "自定，非法定", mark = own, params = [
    (name = "K13.length", text = "limitation",
      zh = "至申请所列时效届满日", en = "until the date in the application"),
    (name = "K13.warn1", number = 30, unit = days, text = "worker agencyHead",
      zh = "预警提前", en = "warned before"),
    (name = "K13.dailyBelow", number = 7, unit = days,
      zh = "不足此日数每日提醒", en = "daily below"),
    (name = "K13.breachTo", text = "jusHead",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K14", source = "法律援助法第49条", mark = textRead, params = [
    (name = "K14.length", number = 5, unit = days,
      zh = "异议处理", en = "objection decided")
  ]),
  (rule = "K14", source = "自定，非法定", mark = own, params = [
    (name = "K14.warn1", number = 2, unit = days, text = "JUS",
      zh = "预警提前", en = "warned before"),
    (name = "K14.breachTo", text = "jusHead",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K15", source = "自定，非法定", mark = own, params = [
    (name = "K15.length", text = "due",
      zh = "至应访日24时", en = "until the due day, 24:00"),
    (name = "K15.breachTo", text = "unitHead countyMCA",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K16", source = "细则第35条", mark = textRead, params = [
    (name = "K16.start", number = 101, unit = dayOfYear,
      zh = "起算", en = "starts"),
    (name = "K16.length", number = 215, unit = dayOfYear,
      zh = "年度报告", en = "annual report, before")
  ]),
  (rule = "K16", source = "自定，非法定", mark = own, params = [
    (name = "K16.lastDay", number = 215, unit = dayOfYear,
      zh = "最后一日", en = "last day, counted in"),
    (name = "K16.warn1", number = 115, unit = dayOfYear, text = "unit",
      zh = "提醒", en = "reminded on"),
    (name = "K16.warn2", number = 131, unit = dayOfYear, text = "unit",
      zh = "提醒", en = "reminded on"),
    (name = "K16.warn3", number = 207, unit = dayOfYear, text = "unit",
      zh = "提醒", en = "reminded on"),
    (name = "K16.warn4", number = 214, unit = dayOfYear, text = "unit",
      zh = "提醒", en = "reminded on"),
    (name = "K16.breachTo", text = "OFF",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K17", source = "细则第4条", mark = textRead, params = [
    (name = "K17.start", number = 101, unit = dayOfYear,
      zh = "起算", en = "starts"),
    (name = "K17.length", number = 331, unit = dayOfYear,
      zh = "联席会议", en = "joint meeting, by"),
    (name = "K17.firstYear", number = 2022,
      zh = "首年", en = "from the year"),
    (name = "K17.length2021", number = 1231, unit = dayOfYear,
      zh = "2021年联络员会议", en = "liaison meeting of 2021, by")
  ]),
  (rule = "K17", source = "自定，非法定", mark = own, params = [
    (name = "K17.warn1", number = 301, unit = dayOfYear, text = "OFF",
      zh = "提醒", en = "reminded on"),
    (name = "K17.warn2", number = 315, unit = dayOfYear, text = "OFF",
      zh = "提醒", en = "reminded on"),
    (name = "K17.breachTo", text = "convenor",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K18", source = "网络安全法（2025年修正前第21条第3项）", mark = textRead, params = [
    (name = "K18.length.log", number = 6, unit = months,
      zh = "网络日志", en = "network logs")
  ]),
  (rule = "K18", source = "网络数据安全管理条例第12条", mark = textRead, params = [
    (name = "K18.length.disclosure", number = 3, unit = years,
      zh = "向他人提供的记录", en = "record of a disclosure")
  ]),
  (rule = "K18", source = "个人信息保护法第56条", mark = textRead, params = [
    (name = "K18.length.assessment", number = 3, unit = years,
      zh = "影响评估报告", en = "impact assessment")
  ]),
  (rule = "K19", source = "民法典第1052条", mark = secondaryPage, params = [
    (name = "K19.length", number = 1, unit = years,
      zh = "请求撤销受胁迫婚姻", en = "suit to annul a forced marriage")
  ]),
  (rule = "K19", source = "自定，非法定", mark = own, params = [
    (name = "K19.warn1", number = 180, unit = days, text = "person JUS",
      zh = "预警提前", en = "warned before"),
    (name = "K19.warn2", number = 60, unit = days, text = "person JUS",
      zh = "预警提前", en = "warned before"),
    (name = "K19.warn3", number = 7, unit = days, text = "person JUS",
      zh = "预警提前", en = "warned before"),
    (name = "K19.breachTo", text = "mcaHead JUS",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K20", source = "自定，非法定", mark = own, params = [
    (name = "K20.length", number = 24, unit = hours,
      zh = "事后审批", en = "approval afterwards"),
    (name = "K20.warn1", number = 6, unit = hours, text = "approver",
      zh = "预警提前", en = "warned before"),
    (name = "K20.breachTo", text = "superior",
      zh = "逾期通知", en = "breach told to")
  ]),
  (rule = "K21", source = "自定，非法定", mark = own, params = [
    (name = "K21.length", number = 3, unit = workingDays,
      zh = "紧急查阅复核", en = "emergency access reviewed"),
    (name = "K21.warn1", number = 1, unit = days, text = "unitHead",
      zh = "预警提前", en = "warned before"),
    (name = "K21.breachTo", text = "DPO",
      zh = "逾期通知", en = "breach told to")
  ])
]);
