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

  # Rules of single events
  capacityOfMinor @38 $problem(http = 409, code = "rule-refused", rule = "R3", article = "未成年人保护法第2条", zh = "行为能力评估只针对成年人；未成年人一律受保护", en = "Capacity is assessed of adults only; a minor is protected in any case");
  handoverGroundMissing @39 $problem(http = 409, code = "rule-refused", rule = "R1", article = "细则第16条", zh = "移交须以解救、报告、发现、外地移交或外籍报告为依据", en = "A handover is requested on a rescue, a report, a finding or an arrival from elsewhere");
  handoverNotRequested @40 $problem(http = 409, code = "rule-refused", rule = "R1", article = "细则第16条", zh = "没有移交请求（16），不能接收", en = "There is no request for a handover (16) to accept");
  careNoticeMissing @41 $problem(http = 409, code = "rule-refused", rule = "R4", article = "民政部、公安部2015年收养通知", zh = "接收儿童须有临时照料通知书文号；紧急情况可先紧急入站", en = "A child is taken over with the number of the notice of temporary care; an urgent admission stands without");
  transferSheetMissing @42 $problem(http = 409, code = "rule-refused", rule = "R4", article = "民政部、公安部2015年收养通知", zh = "接收成年人须有公安护送交接表编号", en = "An adult is taken over with the number of the transfer sheet of the police");
  dnaSampleMissing @43 $problem(http = 409, code = "rule-refused", rule = "R7", article = "细则第14条第3项", zh = "没有采样入库登记（26），不能登记比对结果", en = "There is no sample (26) whose comparison could be reported");
  flaggedNotFit @44 $problem(http = 409, code = "rule-refused", rule = "R15", article = "民法典第36条", zh = "该人有监护冲突标记，不能评估为具备监护能力", en = "The person is under a mark of conflict (15) and cannot be found fit to care");
  riskNotAssessed @45 $problem(http = 409, code = "rule-refused", rule = "R15", article = "细则第19条第3项", zh = "安置方案比选之前须有风险评估（11）", en = "The risk is assessed (11) before options are weighed");
  wishNotHeard @46 $problem(http = 409, code = "rule-refused", rule = "R2", article = "救助管理办法第11条", zh = "须先听取本人意愿（12）；无法表达的，登记观察情况", en = "The wish of the person (12) is heard first; an observation counts where it cannot be said");
  neverWithBuyer @47 $problem(http = 409, code = "rule-refused", rule = "R1", article = "细则第16条", zh = "未成年人和无完全行为能力的人不得留在或交给收买人及其家庭", en = "A minor, or a person without full capacity, never stays with or goes to the buyer or the buyer's household");
  carerFlagged @48 $problem(http = 409, code = "rule-refused", rule = "R1", article = "民法典第36条", zh = "该人有监护冲突标记（15），不得作为安置对象或照料人", en = "The person is under a mark of conflict (15) and may not take care of the subject");
  carerNotFit @49 $problem(http = 409, code = "rule-refused", rule = "R15", article = "未成年人保护法第93条", zh = "将未成年人交给个人照料，须先评估其具备监护能力（32）", en = "A minor goes to a private carer only after that person was found fit (32)");
  capacityInDoubt @50 $problem(http = 409, code = "rule-refused", rule = "R22", article = "反家暴法第14、15条", zh = "行为能力存疑，须先评估（11b）", en = "The capacity is in doubt; it is assessed (11b) first");
  buyerByItsName @51 $problem(http = 409, code = "rule-refused", rule = "R1", article = "细则第16条", zh = "与收买人或其家庭共同生活只能登记为“与收买人同住”，且须是成年人本人的选择", en = "Living with the buyer or the buyer's household is recorded as that, and only as an adult's own choice");
  buyerWishesMissing @52 $problem(http = 409, code = "rule-refused", rule = "R2", article = "刑法第241条第6款", zh = "与收买人同住须在不同日单独、收买方不在场时听取本人意愿至少两次，且未改变", en = "Living with the buyer needs the wish for it heard alone, the buyer's side absent, on two days, and not changed since");
  placementNotDecided @53 $problem(http = 409, code = "rule-refused", rule = "R1", article = "细则第16条", zh = "没有安置决定（34），不能执行", en = "There is no decision on a placement (34) to carry out");
  strandedNotReached @54 $problem(http = 409, code = "rule-refused", rule = "R11", article = "国办发〔2015〕96号", zh = "滞留人员落户须先达到滞留认定（40）", en = "Registration of a stranded person follows the stranded status (40)");
  notFoundCertificateMissing @55 $problem(http = 409, code = "rule-refused", rule = "R12", article = "民政部、公安部2015年收养通知", zh = "福利机构儿童落户须有查找不到证明（31）或长期监护（38）", en = "Registration of a child in a welfare institution needs the certificate of 31 or the guardianship of 38");
  parentNotRecorded @56 $problem(http = 409, code = "rule-refused", rule = "R8", article = "细则第14条第3项", zh = "所生子女补登须先登记其父母（9b）", en = "A child of the person is registered after a parent was recorded (9b)");
  identityNotVerified @57 $problem(http = 409, code = "rule-refused", rule = "R11", article = "国办发〔2015〕96号", zh = "恢复、注销、更正或迁移户口须先核实身份（8）或查明虚假户籍（44b）", en = "Restoring, cancelling, correcting or moving an entry needs a verified identity (8) or a false entry found (44b)");
  hukouNotApplied @58 $problem(http = 409, code = "rule-refused", rule = "R11", article = "国办发〔2015〕96号", zh = "没有落户申请（41），不能登记落户", en = "There is no application (41) for this registration");
  dnaComparisonNeeded @59 $problem(http = 409, code = "rule-refused", rule = "R8", article = "细则第14条第3项", zh = "来历不明儿童落户之前须完成DNA比对，结果为比中或未比中", en = "A child of unknown origin is registered after a DNA comparison that says match or none");
  fileNotOpened @60 $problem(http = 409, code = "rule-refused", rule = "R50", article = "细则第19条第4项", zh = "建立专门档案（56）之后才能安排回访", en = "Visits are planned once the dedicated file (56) is opened");
  applicantFlagged @61 $problem(http = 409, code = "rule-refused", rule = "R30", article = "法律援助法第40条", zh = "该人有监护冲突标记，不能代为申请法律援助；其他监护人或近亲属可以申请", en = "The person is under a mark of conflict and cannot apply; another guardian or relative may");
  legalAidNotApplied @62 $problem(http = 409, code = "rule-refused", rule = "R26", article = "法律援助法第43条", zh = "没有法律援助申请（62），不能作出决定", en = "There is no application (62) to decide on");
  legalAidReasonsMissing @63 $problem(http = 409, code = "rule-refused", rule = "R26", article = "法律援助法第43条", zh = "不予援助或不属管辖须说明理由", en = "A refusal of legal aid, or of competence, has its reasons in writing");
  workerUnknown @64 $problem(http = 409, code = "rule-refused", rule = "R39", article = "未成年人网络保护条例第36条", zh = "承办人未登记、已停用、不在任期内或不属于该单位", en = "The worker is not a user of that unit who is active today");
  approvalAfterwards @65 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "事后审批随期限K20提供，目前须事先审批", en = "Approving afterwards comes with clock K20; for now an approval comes first");
  approvalOtherContent @66 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "审批的内容与提请的内容不一致", en = "What is approved is not what the request proposes");
  approvalExpired @67 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "提请审批已过期，须重新提请", en = "The request has expired; a new one is needed");
  approvalDecided @68 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "该提请已经审批", en = "The request has been decided already");
  approvalByAuthor @69 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "提请人不得审批自己提请的内容", en = "Nobody approves what he himself has proposed");
  approvalNotAsked @70 $problem(http = 409, code = "rule-refused", rule = "R58", zh = "该提请已指定由他人或其他单位审批", en = "Somebody else, or another unit, has been asked");
  visitNotMissed @71 $problem(http = 409, code = "rule-refused", rule = "R50", article = "细则第19条第4项", zh = "该回访未逾宽限期、已经完成或已登记逾期", en = "The visit is within its grace, was made, or is recorded as missed already");
}
