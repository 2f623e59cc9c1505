@0xc7a1f0d3b2e9451c;
# Chapter M: governance and registry (events.md, rows 90 to 107g).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".Category;
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".personal;
using import "annotations.capnp".category;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".codes;
using import "annotations.capnp".optional;
using import "annotations.capnp".filledIn;
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using import "annotations.capnp".unit;
using Values = import "values.capnp";

struct UnitSet $event(number = "90", stages = registry, approval = true)
    $label(zh = "机构设置", en = "Unit set") $recordedBy(["ADM"]) {
  # A unit is created or changed.
  code @0 :Text $refers(unit) $limit(40) $label(zh = "机构代码", en = "code");
  name @1 :Text $limit(80) $label(zh = "机构名称", en = "name");
  kind @2 :UnitKind $label(zh = "机构类型", en = "kind");
  parent @3 :Text $optional $refers(unit) $limit(40)
      $label(zh = "上级机构", en = "acts for, or belongs to");
  county @4 :Text $optional $refers(adminCode) $limit(12)
      $label(zh = "县（区）", en = "county; absent: the city");
  active @5 :Values.YesNo $label(zh = "启用", en = "active");
}

enum UnitKind {
  unspecified @0;
  member @1 $label(zh = "成员单位", en = "member unit");
  office @2 $label(zh = "联席会议办公室", en = "joint-meeting office");
  county @3 $label(zh = "县级政府", en = "county government");
  institution @4 $label(zh = "机构", en = "institution");
  other @5 $label(zh = "其他", en = "other");
}

struct UserSet $event(number = "91", stages = registry)
    $label(zh = "用户设置", en = "User set") $recordedBy(["ADM"]) $category(identity) {
  # A user is created or changed.
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "工作人员编号", en = "staff id");
  name @1 :Text $optional $personal $limit(60) $label(zh = "姓名", en = "name");
  unit @2 :Text $refers(unit) $limit(40) $label(zh = "所属机构", en = "unit");
  roles @3 :List(Text) $refers(role) $limit(20) $label(zh = "角色", en = "roles");
  mfa @4 :Values.YesNo $label(zh = "双因素认证", en = "second factor");
  from @5 :Values.Date $label(zh = "起始日期", en = "from");
  until @6 :Values.Date $optional $label(zh = "截止日期", en = "until");
}

struct UserSuspended $event(number = "92", stages = registry)
    $label(zh = "用户停用", en = "User suspended") $recordedBy(["ADM", "OFFICE"]) {
  # A user loses all rights at once; acknowledged when every partition acts on it (R3 of
  # protocol.md).
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "工作人员编号", en = "staff id");
  why @1 :SuspensionReason $label(zh = "原因", en = "why");
  casesTo @2 :Text $optional $refers(staff) $limit(60) $label(zh = "案件移交给", en = "cases go to");
}

enum SuspensionReason {
  unspecified @0;
  left @1 $label(zh = "离职", en = "left");
  misuse @2 $label(zh = "违规使用", en = "misuse");
  lostDevice @3 $label(zh = "设备遗失", en = "lost device");
  other @4 $label(zh = "其他", en = "other");
}

struct RoleSet $event(number = "93", stages = registry, approval = true)
    $category(history)
    $label(zh = "角色设置", en = "Role set") $recordedBy(["ADM"]) {
  # Rights and purposes of a role.
  role @0 :Text $refers(role) $limit(40) $label(zh = "角色", en = "role");
  acts @1 :List(Text) $optional $refers(eventRow) $limit(200)
      $label(zh = "可登记事项", en = "events it may record");
  classes @2 :List(Category) $optional $label(zh = "可查阅类别", en = "classes it may see");
  purposes @3 :List(Values.Code) $optional $codes("PURP") $label(zh = "目的", en = "purposes");
  scope @4 :Scope $label(zh = "范围", en = "scope");
  administers @5 :Values.YesNo $optional
      $label(zh = "系统管理", en = "administers units, users and roles");
  audits @6 :Values.YesNo $optional $label(zh = "审计", en = "replays and audits");
}

enum Scope {
  unspecified @0;
  own @1 $label(zh = "本人案件", en = "own cases");
  unit @2 $label(zh = "本单位", en = "own unit");
  county @3 $label(zh = "本县（区）", en = "own county");
  city @4 $label(zh = "全市", en = "city");
}

struct RegistryAdopted $event(number = "99", mode = software, stages = partition, forms = false)
    $label(zh = "采用登记库版本", en = "Registry adopted") $recordedBy(["SYS"]) {
  # The partition acts on the registry up to an offset.
  registryOffset @0 :UInt64 $label(zh = "登记库位置", en = "records of the registry acted on");
  ruleSet @1 :UInt32 $label(zh = "规则版本", en = "rule set");
  calendar @2 :UInt32 $label(zh = "日历版本", en = "newest calendar year");
  cadence @3 :UInt32 $label(zh = "频次版本", en = "cadence");
}

struct RuleSetPublished $event(number = "95", stages = registry, approval = true)
    $label(zh = "规则版本发布", en = "Rule set published") $recordedBy(["OFF", "JUS"]) {
  # New version of rules and parameters.
  version @0 :UInt32 $label(zh = "版本", en = "version, from 1");
  from @1 :Values.Date $label(zh = "施行日期", en = "in force from");
  rules @2 :List(RuleFigures) $limit(400) $label(zh = "规则", en = "rules");
  diff @3 :Text $optional $label(zh = "变更说明", en = "what changed");
  approver @4 :Text $optional $filledIn $refers(staff) $limit(60)
      $label(zh = "审批人", en = "approved by");
}

struct RuleFigures {
  # The figures of a rule that share a source and a mark; a rule may stand more than once.
  rule @0 :Text $limit(12) $label(zh = "规则编号", en = "R or K number");
  params @1 :List(Parameter) $label(zh = "参数", en = "parameters");
  source @2 :Text $limit(200) $label(zh = "出处", en = "source");
  mark @3 :SourceMark $label(zh = "核实程度", en = "how far the source was read");
  reachesBack @4 :Values.YesNo $optional
      $label(zh = "适用于已开始的期限", en = "applies to running clocks too");
}

struct Parameter {
  # One figure: a number with its unit, or yes and no, or a word.
  name @0 :Text $limit(60) $label(zh = "参数名", en = "name");
  number @1 :Int32 = -1 $optional $label(zh = "数值", en = "number");
  unit @2 :FigureUnit $optional $label(zh = "单位", en = "unit of the number");
  yes @3 :Values.YesNo $optional $label(zh = "是否", en = "yes or no");
  text @4 :Text $optional $limit(200) $label(zh = "文字", en = "word");
  zh @5 :Text $optional $limit(120) $label(zh = "中文说明", en = "meaning in Chinese");
  en @6 :Text $optional $limit(120) $label(zh = "英文说明", en = "meaning in English");
}

enum FigureUnit {
  unspecified @0;
  hours @1 $label(zh = "小时", en = "hours");
  days @2 $label(zh = "日", en = "days");
  workingDays @3 $label(zh = "工作日", en = "working days");
  months @4 $label(zh = "月", en = "months");
  years @5 $label(zh = "年", en = "years");
  yearsOfAge @6 $label(zh = "周岁", en = "years of age");
  times @7 $label(zh = "次", en = "times");
  dayOfYear @8 $label(zh = "月日", en = "month and day, as 215 for 15 February");
}

enum SourceMark {
  unspecified @0;
  textRead @1 $label(zh = "原文已核", en = "V: text read");
  secondaryPage @2 $label(zh = "转引", en = "P: secondary page");
  fromMemory @3 $label(zh = "待核", en = "M: from memory");
  own @4 $label(zh = "自定", en = "own figure, no law");
}

struct CalendarPublished $event(number = "96", stages = registry)
    $label(zh = "工作日历发布", en = "Working calendar published") $recordedBy(["OFF"])
    $article("民法典第203条") {
  # Holidays and shifted working days of a year.
  year @0 :Int32 = -1 $label(zh = "年份", en = "year");
  holidays @1 :List(Values.Date) $label(zh = "放假日", en = "days off, weekends within them too");
  workingWeekends @2 :List(Values.Date) $optional
      $label(zh = "调休工作日", en = "weekend days that are worked");
  notice @3 :PublicNotice $optional
      $label(zh = "通知", en = "notice of the State Council's office");
}

struct PublicNotice {
  # A paper that was published: nothing in it is personal, so nothing is sealed.
  title @0 :Text $limit(120) $label(zh = "标题", en = "title");
  number @1 :Text $optional $limit(80) $label(zh = "文号", en = "number");
  date @2 :Values.Date $optional $label(zh = "日期", en = "date");
  issuer @3 :Text $optional $limit(80) $label(zh = "发布单位", en = "issued by");
}

struct CadencePublished $event(number = "97", stages = registry, approval = true)
    $label(zh = "回访频次发布", en = "Visit cadence published") $recordedBy(["MCA"])
    $article("细则第19条第4项") {
  # New version of the visit cadence.
  version @0 :UInt32 $label(zh = "版本", en = "version, from 1");
  from @1 :Values.Date $label(zh = "施行日期", en = "in force from");
  types @2 :List(VisitCadence) $label(zh = "类别", en = "types");
  approver @3 :Text $optional $filledIn $refers(staff) $limit(60)
      $label(zh = "审批人", en = "approved by");
}

struct VisitCadence {
  # Visits of one type of case, in days from admission, placement or return.
  id @0 :Text $limit(8) $label(zh = "类别编号", en = "id");
  zh @1 :Text $limit(60) $label(zh = "中文名", en = "name in Chinese");
  en @2 :Text $limit(60) $label(zh = "英文名", en = "name in English");
  steps @3 :List(VisitStep) $optional $label(zh = "节点", en = "steps, ascending");
  repeat @4 :VisitStep $optional
      $label(zh = "此后间隔", en = "after the last step, every so many days");
  termBounds @5 :Values.YesNo $optional
      $label(zh = "每学期始末", en = "also at start and end of each school term");
  afterEnd @6 :List(VisitStep) $optional $label(zh = "结束后", en = "steps counted from the end");
  ends @7 :VisitEnds $label(zh = "结束条件", en = "earliest end");
  who @8 :List(Text) $optional $refers(unit) $label(zh = "回访单位", en = "visiting units");
  conditions @9 :List(VisitCondition) $optional $label(zh = "要求", en = "how the visits are made");
  onTop @10 :Values.YesNo $optional $label(zh = "叠加", en = "on top of another type");
  plus @11 :List(Text) $optional $label(zh = "同时适用", en = "types that apply with it");
  asMother @12 :Values.YesNo $optional $label(zh = "随母", en = "steps of the mother's type");
  reassessDays @13 :Int32 = -1 $optional $unit("days")
      $label(zh = "重新评估间隔", en = "new risk assessment every");
}

struct VisitStep {
  day @0 :Int32 = -1 $unit("days") $label(zh = "第几日", en = "day");
  window @1 :Int32 = -1 $unit("days") $label(zh = "提前天数", en = "window opens before the due day");
  grace @2 :Int32 = -1 $unit("days") $label(zh = "宽限天数", en = "grace after the due day");
}

struct VisitEnds {
  # The earliest end, which still takes 57c: after the days with all of `needs`, or on one of
  # `orOn`.
  afterDays @0 :Int32 = -1 $optional $unit("days") $label(zh = "满天数", en = "after days");
  countedFrom @1 :CountedFrom $optional $label(zh = "起算", en = "counted from");
  needs @2 :List(EndCondition) $optional $label(zh = "并须", en = "and all of");
  orOn @3 :List(EndCondition) $optional $label(zh = "或者", en = "or one of");
}

enum CountedFrom {
  unspecified @0;
  start @1 $label(zh = "入站、安置或回归之日", en = "admission, placement or return");
  placementEnd @2 $label(zh = "安置终止之日", en = "end of the placement");
}

enum EndCondition {
  unspecified @0;
  riskLow @1 $label(zh = "风险低", en = "risk low");
  ownWish @2 $label(zh = "本人意愿", en = "own wish, of an adult");
  leftInstitution @3 $label(zh = "离开机构", en = "left the institution");
  guardianshipEnded @4 $label(zh = "监护终止", en = "guardianship ended");
  stageEnded @5 $label(zh = "学段结束", en = "end of the school stage");
  riskBelowHigh @6 $label(zh = "风险不再为高", en = "new assessment below high");
  approved @7 $label(zh = "经审批", en = "approved");
  turned18 @8 $label(zh = "年满十八周岁", en = "turned 18");
}

enum VisitCondition {
  unspecified @0;
  everySecondUnannounced @1 $label(zh = "隔次不预先通知", en = "every second unannounced");
  fromOutside @2 $label(zh = "由机构以外人员进行", en = "by somebody from outside the institution");
  twoWomen @3 $label(zh = "两名女性", en = "by two women");
  aloneWithHer @4 $label(zh = "始终单独面见", en = "always alone with her");
  policeTold @5 $label(zh = "告知公安", en = "police told");
  wishAsked @6 $label(zh = "每次询问意愿", en = "wish asked each time");
  safeChannel @7 $label(zh = "使用约定的安全渠道", en = "first by the agreed safe channel");
}

struct CodeListPublished $event(number = "97b", stages = registry)
    $label(zh = "代码表发布", en = "Code list published") $recordedBy(["OFF"]) {
  # New version of a code list; no code is removed, only ended.
  list @0 :Text $limit(20) $label(zh = "代码表", en = "list");
  version @1 :UInt32 $label(zh = "版本", en = "version, from 1");
  codes @2 :List(ListCode) $limit(400) $label(zh = "代码", en = "codes");
}

struct ListCode {
  code @0 :Text $limit(60) $label(zh = "代码", en = "code");
  zh @1 :Text $limit(80) $label(zh = "中文", en = "in Chinese");
  en @2 :Text $limit(80) $label(zh = "英文", en = "in English");
  endedOn @3 :Values.Date $optional $label(zh = "停用日期", en = "ended on");
  map @4 :Text $optional $limit(80) $label(zh = "对应代码", en = "code it maps to");
}

struct LogRestored $event(number = "107", mode = software, stages = partition, forms = false)
    $label(zh = "日志恢复", en = "Log restored") $recordedBy(["ADM"]) {
  # The log goes on under a new generation: from a backup, or in another place. In the record that
  # raises the generation of its partition, one in each.
  fromOffset @0 :UInt64 $label(zh = "原日志末位置", en = "where the log before ended");
  toOffset @1 :UInt64 $label(zh = "恢复至位置", en = "up to where its records are here");
  backup @2 :Text $limit(60) $label(zh = "备份编号", en = "id of the backup or move");
  generation @3 :UInt32 $label(zh = "世代", en = "generation that begins");
  approvers @4 :List(Text) $refers(staff) $limit(4) $label(zh = "批准人", en = "approved by");
}

struct SuspectClockConfirmed $event(number = "107f", stages = registry)
    $label(zh = "可疑时钟确认", en = "Suspect clock confirmed") $recordedBy(["ADM", "SYS"]) {
  # Wall clock checked by two persons or NTP.
  measured @0 :Values.Time $label(zh = "核对时间", en = "time measured");
  source @1 :ClockSource $label(zh = "核对方式", en = "checked by");
  approvers @2 :List(Text) $optional $refers(staff) $limit(4)
      $label(zh = "确认人", en = "confirmed by");
}

enum ClockSource {
  unspecified @0;
  ntp @1 $label(zh = "网络时间", en = "network time");
  persons @2 $label(zh = "人工", en = "two persons");
}

struct BootstrapEnded $event(number = "107g", mode = software, stages = registry, forms = false)
    $label(zh = "初始化结束", en = "Bootstrap ended") $recordedBy(["SYS"]) {
  # First real case ends the set-up rights.
  firstCase @0 :Values.EventRef $rows(["5", "0a"]) $label(zh = "首个案件", en = "first case");
  administrators @1 :List(Text) $refers(staff) $label(zh = "管理员", en = "administrators");
}
