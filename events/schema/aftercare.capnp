@0xc7a1f0d3b2e94517;
# Chapter H: return and continuing assistance (events.md, rows 55 to 60b).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".Category;
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".personal;
using import "annotations.capnp".sensitive;
using import "annotations.capnp".category;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".additive;
using import "annotations.capnp".codes;
using import "annotations.capnp".optional;
using import "annotations.capnp".filledIn;
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using import "annotations.capnp".unit;
using Values = import "values.capnp";

struct DedicatedFileOpened $event(number = "56", whenClosed = false)
    $label(zh = "专门档案建立", en = "Dedicated file opened")
    $recordedBy(["MCA", "JUS", "HRSS", "PSB"]) $category(history) $article("细则第19条第4项") {
  # Dedicated file, keeper and cadence.
  fileNo @0 :Text $limit(40) $label(zh = "档案编号", en = "number of the file");
  keeper @1 :Text $refers(unit) $limit(40) $label(zh = "保管单位", en = "kept by");
  keeperStaff @2 :Text $optional $refers(staff) $limit(60)
      $label(zh = "保管人", en = "kept by, of the staff");
  cadence @3 :Text $limit(8) $label(zh = "回访类别", en = "cadence");
  cadenceVersion @4 :UInt32 $filledIn $label(zh = "频次版本", en = "version of the cadence");
  risk @5 :Values.Code $codes("LEVEL") $sensitive $label(zh = "风险等级", en = "risk");
  paperShelf @6 :Text $optional $personal $limit(80)
      $label(zh = "纸质档案位置", en = "where the paper file stands");
  readers @7 :List(FileReader) $optional $limit(60) $label(zh = "可查阅单位", en = "who may read");
}

struct FileReader {
  unit @0 :Text $refers(unit) $limit(40) $label(zh = "单位", en = "unit");
  classes @1 :List(Category) $limit(8) $label(zh = "数据类别", en = "classes of data");
}

struct FollowUpScheduled $event(number = "57", whenClosed = false)
    $label(zh = "回访安排", en = "Follow-up scheduled")
    $recordedBy(["MCA", "EDU", "JUS", "HRSS", "PSB", "WF", "SYS"]) $category(contact)
    $article("细则第19条第4项") {
  # A visit is planned.
  no @0 :Int32 = -1 $filledIn $label(zh = "序号", en = "number of the visit, from 1");
  due @1 :Values.Date $label(zh = "应访日期", en = "due");
  window @2 :Int32 = -1 $optional $unit("days")
      $label(zh = "提前天数", en = "window: days before the due day; absent: by the cadence");
  kind @3 :Values.Code $codes("VKIND") $label(zh = "回访种类", en = "kind");
  step @4 :Int32 = -1 $optional $unit("days")
      $label(zh = "频次节点", en = "step of the cadence: days from its start; absent: an extra visit");
  visitor @5 :Text $optional $refers(staff) $limit(60) $label(zh = "回访人", en = "visitor");
  visitorUnit @6 :Text $optional $refers(unit) $limit(40)
      $label(zh = "回访单位", en = "visiting unit");
  mode @7 :Values.Code $codes("MODE") $label(zh = "方式", en = "how");
  place @8 :Values.Place $optional $label(zh = "地点", en = "place");
  safeContact @9 :Text $optional $sensitive $limit(200)
      $label(zh = "安全联系方式", en = "safe way of contact");
  language @10 :Text $optional $limit(40) $label(zh = "语言", en = "language");
}

struct FollowUpCompleted $event(number = "58", whenClosed = false)
    $label(zh = "回访记录", en = "Follow-up completed")
    $recordedBy(["CASE"]) $additive $category(history) $article("细则第19条第4项") {
  # Visit or unplanned contact and what was seen.
  of @0 :Values.EventRef $optional $rows(["57"])
      $label(zh = "回访安排", en = "visit planned; absent: unplanned");
  at @1 :Values.Time $label(zh = "回访时间", en = "time of the visit");
  mode @2 :Values.Code $codes("MODE") $label(zh = "方式", en = "how");
  visitors @3 :List(Text) $refers(staff) $limit(10) $label(zh = "回访人", en = "visitors");
  result @4 :Values.Code $codes("VRES") $label(zh = "回访结果", en = "result");
  seen @5 :Values.YesNo $label(zh = "见到本人", en = "person seen");
  alone @6 :Values.YesNo $label(zh = "单独见到", en = "seen alone");
  minutes @7 :Int32 = -1 $optional $unit("minutes") $label(zh = "时长", en = "duration");
  plain @8 :Values.YesNo $label(zh = "便装便车", en = "plain clothes, unmarked car");
  others @9 :List(Values.Person) $optional $limit(20) $label(zh = "其他在场人", en = "others present");
  home @10 :Values.Code $optional $codes("LEVEL") $sensitive
      $label(zh = "居住风险", en = "concern: home");
  health @11 :Values.Code $optional $codes("LEVEL") $sensitive $category(health)
      $label(zh = "健康风险", en = "concern: health");
  school @12 :Values.Code $optional $codes("LEVEL") $sensitive
      $label(zh = "就学风险", en = "concern: school");
  work @13 :Values.Code $optional $codes("LEVEL") $sensitive
      $label(zh = "就业风险", en = "concern: work");
  money @14 :Values.Code $optional $codes("LEVEL") $sensitive $category(finance)
      $label(zh = "经济风险", en = "concern: money");
  safety @15 :Values.Code $optional $codes("LEVEL") $sensitive
      $label(zh = "安全风险", en = "concern: safety");
  buyerContact @16 :Values.YesNo $sensitive
      $label(zh = "与收买方有接触", en = "contact with the buyer's side");
  wish @17 :Values.EventRef $optional $rows(["12"]) $label(zh = "本人意愿", en = "wish heard");
  ownWords @18 :Text $optional $sensitive $label(zh = "本人原话", en = "in own words");
  needs @19 :List(Values.Code) $optional $codes("NEED") $sensitive $limit(20)
      $label(zh = "需求", en = "needs");
  photo @20 :Values.Attachment $optional $sensitive $label(zh = "照片", en = "photo");
  next @21 :Values.Date $optional $label(zh = "下次回访", en = "next visit");
}

struct FollowUpMissed $event(number = "59", mode = software, whenClosed = false, forms = false)
    $label(zh = "回访逾期（系统）", en = "Follow-up missed") $recordedBy(["SYS"])
    $article("细则第19条第4项") {
  # No visit within the grace.
  of @0 :Values.EventRef $rows(["57"]) $label(zh = "回访安排", en = "visit missed");
  due @1 :Values.Date $label(zh = "应访日期", en = "due");
  firstDue @2 :Values.Date $label(zh = "最初应访日期", en = "first due");
  daysLate @3 :Int32 = -1 $unit("days") $label(zh = "逾期天数", en = "days late");
  escalatedTo @4 :Text $optional $refers(unit) $limit(40) $label(zh = "上报单位", en = "escalated to");
}

struct NeedIdentified $event(number = "60", stages = beforeOpening, whenClosed = false)
    $label(zh = "需求登记", en = "Need identified")
    $recordedBy(["CASE"]) $additive $category(history) $article("细则第19条第4项") {
  # A need and the unit asked.
  kind @0 :Values.Code $codes("NEED") $sensitive $label(zh = "需求种类", en = "kind of need");
  text @1 :Text $optional $sensitive $label(zh = "具体需求", en = "what is needed");
  urgency @2 :Values.Code $codes("LEVEL") $sensitive $label(zh = "紧急程度", en = "urgency");
  unit @3 :Text $refers(unit) $limit(40) $label(zh = "承办单位", en = "unit asked");
  due @4 :Values.Date $label(zh = "办理期限", en = "due");
}
