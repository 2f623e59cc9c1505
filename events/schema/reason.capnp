@0xc7a1f0d3b2e94504;
# Every reason for which something is refused or cannot be done now: the one source of the problem
# code and HTTP number (contract.md, section 3), of rule and article (domain/rules.md), and of what
# is said in Chinese and English. A reason exists if some caller acts on it or a person needs to know
# it; reasons are added or retired, never renamed or renumbered.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");

struct ProblemInfo {
  http @0 :UInt16;
  code @1 :Text;
  rule @2 :Text;
  article @3 :Text;
  zh @4 :Text;
  en @5 :Text;
}
annotation problem @0xa0c1e6d5f3b70020 (enumerant) :ProblemInfo;

enum Reason {
  unspecified @0 $problem(http = 500, code = "internal", zh = "内部错误", en = "Internal error");

  # The body
  malformed @1 $problem(http = 400, code = "malformed", zh = "请求内容不是有效的JSON", en = "The body is not the JSON asked for");
  unknownType @2 $problem(http = 400, code = "unknown-type", zh = "没有这种事件", en = "There is no such event type");
  invalidField @3 $problem(http = 400, code = "invalid-field", zh = "字段内容不符合要求", en = "A field does not hold what it should");

  # Who
  unauthenticated @4 $problem(http = 401, code = "unauthenticated", zh = "身份凭证缺失、无效或已过期", en = "No token, or a bad or expired one");
  notPermitted @5 $problem(http = 403, code = "not-permitted", rule = "R20", article = "社会救助暂行办法第61条", zh = "您的角色无权进行此操作", en = "Your role does not have the right to do this");
  purposeMissing @6 $problem(http = 403, code = "purpose-missing", rule = "R34", article = "个人信息保护法第28条", zh = "查阅个人信息须注明目的", en = "Reading personal data needs a purpose (Purpose-Of-Use)");
  purposeNotPermitted @7 $problem(http = 403, code = "purpose-not-permitted", rule = "R34", article = "个人信息保护法第28条", zh = "您的角色不得以此目的查阅", en = "Your role may not read for this purpose");
  approvalNeeded @8 $problem(http = 403, code = "approval-needed", rule = "R58", zh = "须经另一人审批", en = "A second person has to approve first");
  notFound @9 $problem(http = 404, code = "not-found", zh = "未找到", en = "Not found");

  # The command as such
  idempotencyReuse @10 $problem(http = 409, code = "idempotency-reuse", zh = "同一幂等键已用于不同内容", en = "This Idempotency-Key was used with other content");
  versionMismatch @11 $problem(http = 412, code = "version-mismatch", zh = "案件已有更新，请先刷新", en = "The case has moved on; read it again first");
  versionMissing @12 $problem(http = 428, code = "version-missing", zh = "须注明所依据的版本（If-Match）", en = "Say which version you act on (If-Match)");
  keyMissing @13 $problem(http = 400, code = "malformed", zh = "写入须带幂等键（Idempotency-Key）", en = "A write needs an Idempotency-Key");

  # Not now
  notOwner @14 $problem(http = 503, code = "not-owner", zh = "本节点目前不负责该分区，请稍后重试", en = "This node does not lead the partition now; try again");
  settling @15 $problem(http = 503, code = "settling", zh = "结果尚在确认，请用同一幂等键重试", en = "The outcome is being settled; try again with the same Idempotency-Key");
  overloaded @16 $problem(http = 503, code = "overloaded", zh = "系统繁忙，请稍后重试", en = "Too much to do; try again");
  readOnly @17 $problem(http = 503, code = "read-only", zh = "磁盘空间不足，暂时只能查阅", en = "No space left: reading goes on, writing does not");
  clockSuspect @18 $problem(http = 503, code = "clock-suspect", zh = "系统时钟可疑，须两人确认后方可写入", en = "The clock of this machine is suspect; two people have to confirm it");
  cancelled @19 $problem(http = 409, code = "cancelled", zh = "该操作已被取消", en = "This command was cancelled");

  # Rules common to all events
  caseNotOpen @20 $problem(http = 409, code = "rule-refused", rule = "R50", article = "细则第19条第4项", zh = "尚未立案建档（CaseOpened），不能登记此事项", en = "The case has not been opened (CaseOpened); this cannot be recorded yet");
  notFirst @21 $problem(http = 409, code = "rule-refused", rule = "R5", article = "未成年人保护法第11条", zh = "此事项不能作为案件的第一条记录", en = "A stream cannot begin with this event");
  caseClosed @22 $problem(http = 409, code = "rule-refused", rule = "R48", article = "档案法实施条例第20条", zh = "案件已结案，须先重新启动", en = "The case is closed; reopen it first");
  alreadyOpen @23 $problem(http = 409, code = "rule-refused", rule = "R48", article = "档案法第37条", zh = "案件已经建档，不能重复立案", en = "The case has been opened already");
  occurredInFuture @24 $problem(http = 409, code = "rule-refused", rule = "R45", article = "GB/T 22239-2019", zh = "发生时间不能晚于现在", en = "It cannot have occurred in the future");
  groundMissing @25 $problem(http = 409, code = "rule-refused", rule = "R1", article = "细则第16条", zh = "立案须有解救、报告或移交等依据", en = "A case is opened on a ground: a rescue, a report, a hand-over");
  referenceUnknown @26 $problem(http = 409, code = "rule-refused", rule = "R48", article = "档案法第37条", zh = "所引用的记录在本案中不存在或类别不符", en = "The event referred to is not in this case, or not of the row asked for");
  personUnknown @27 $problem(http = 409, code = "rule-refused", rule = "R35", article = "民法典第36条", zh = "所引用的关系人未在本案登记（9b）", en = "The person referred to has not been recorded in this case (9b)");
  wishObservationMissing @28 $problem(http = 409, code = "rule-refused", rule = "R2", article = "救助管理办法第11条", zh = "当事人无法表达意愿时须写明观察情况和原因", en = "Where the person is not able to say it, observation and reason are needed");
  softwareOnly @29 $problem(http = 403, code = "not-permitted", rule = "R45", article = "GB/T 22239-2019", zh = "此事项只能由系统产生", en = "Only the software makes this event");
  unitUnknown @30 $problem(http = 409, code = "rule-refused", rule = "R21", article = "妇女权益保障法第22条", zh = "机构未登记或已停用", en = "The unit is not in the registry, or not active");
  registryConflict @31 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "登记内容与现有登记不符", en = "The registry has something else under this key");
  planSourceMissing @32 $problem(http = 409, code = "rule-refused", rule = "R58", article = "细则第35条", zh = "任务分解须注明原文行号", en = "A plan item names the line of its source");
  notOneself @33 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "不得由本人办理与本人有关的事项", en = "Nobody does this for himself");
  notFirstOfStream @34 $problem(http = 409, code = "rule-refused", rule = "R48", article = "档案法第37条", zh = "此事项须登记在登记库中", en = "This event belongs to the registry, not to a case");
  typeNotHere @35 $problem(http = 409, code = "rule-refused", rule = "R48", article = "档案法第37条", zh = "此类事项不能与其他事项同时提交", en = "Events of this kind stand in a command of their own");
  storeBehind @36 $problem(http = 503, code = "settling", zh = "所引用的记录尚未可见，请稍后重试", en = "The event referred to is not visible here yet; try again");
  suspended @37 $problem(http = 403, code = "not-permitted", rule = "R39", article = "未成年人网络保护条例第36条", zh = "该用户未登记或已停用", en = "This user is not in the registry, or suspended");
}
