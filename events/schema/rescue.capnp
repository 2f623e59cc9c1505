@0xc7a1f0d3b2e94510;
# Chapter A: report, rescue, opening (events.md, rows 0a to 15b).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".personal;
using import "annotations.capnp".sensitive;
using import "annotations.capnp".subject;
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

struct VictimRescued $event(number = "4", stages = first, whenClosed = false)
    $label(zh = "解救登记", en = "Victim rescued")
    $recordedBy(["PSB", "BOR", "EXI"]) $category(history) $article("细则第16条") {
  # Police bring a person out of control.
  at @0 :Values.Time $label(zh = "解救时间", en = "time of the rescue");
  place @1 :Values.Place $label(zh = "解救地点", en = "place");
  policeUnit @2 :Text $limit(80) $label(zh = "解救单位", en = "police unit, of any city");
  policeCaseNo @3 :Text $optional $personal $category(legal) $limit(80)
      $label(zh = "警情案件编号", en = "police case number");
  lead @4 :Text $optional $personal $subject("other") $category(contact) $limit(60)
      $label(zh = "带队民警", en = "officer in charge");
  ageBand @5 :Values.Code $codes("AGEB") $label(zh = "年龄段", en = "age band");
  sex @6 :Values.Code $codes("SEX") $label(zh = "性别", en = "sex");
  foundIn @7 :Values.Code $codes("FOUND") $article("细则第9条第1项")
      $label(zh = "发现场所", en = "where found");
  together @8 :List(Values.EventRef) $optional $label(zh = "一同解救", en = "rescued together with");
  injured @9 :Values.YesNo $sensitive $category(health) $label(zh = "是否受伤", en = "injured");
  belongings @10 :Text $optional $sensitive $label(zh = "随身物品", en = "belongings");
  buyer @11 :Values.Person $optional $label(zh = "收买人", en = "buyer");
  interpreter @12 :Values.YesNo $label(zh = "需要翻译", en = "interpreter needed");
}

struct CaseOpened $event(number = "5", stages = first, whenClosed = false)
    $category(history)
    $label(zh = "立案建档", en = "Case opened")
    $recordedBy(["MCA", "OFFICE"]) $article("细则第19条第4项") {
  # Civil affairs adopts the stream as a case.
  caseNo @0 :Text $filledIn $limit(20) $label(zh = "案件编号", en = "case number");
  kind @1 :Values.Code $codes("CKIND") $label(zh = "案件类别", en = "kind of case");
  subjectKey @2 :Values.Id $filledIn
      $label(zh = "当事人密钥编号", en = "subject whose key seals the case");
  owner @3 :Text $refers(unit) $limit(40) $label(zh = "主办单位", en = "unit in charge");
  county @4 :Text $refers(adminCode) $limit(12) $label(zh = "县（区）", en = "county");
  grounds @5 :List(Values.EventRef) $optional $rows(["0a", "1", "2", "3", "4", "5b", "62", "67"])
      $label(zh = "立案依据", en = "grounds");
}

struct VictimWishRecorded $event(number = "12", stages = beforeOpening, whenClosed = false)
    $label(zh = "本人意愿登记", en = "Wish of the person recorded")
    $recordedBy(["MCA", "WF", "PSB", "EXI", "BOR", "FAO"]) $additive $category(history)
    $article("救助管理办法第11条") {
  # What the person wants, in own words or observed. "Unable" with an observation counts as heard.
  topics @0 :List(WishTopic) $limit(20) $label(zh = "意愿事项", en = "what was asked");
  ownWords @1 :Text $optional $sensitive $label(zh = "本人原话", en = "in own words");
  alone @2 :Values.YesNo $label(zh = "单独听取", en = "heard alone");
  buyerAbsent @3 :Values.YesNo $label(zh = "收买方不在场", en = "buyer's side absent");
  heardBy @4 :List(Text) $refers(staff) $limit(10) $label(zh = "听取人", en = "heard by");
  language @5 :Text $limit(40) $label(zh = "语言", en = "language");
  ability @6 :Values.Code $codes("ABLE") $sensitive $category(health)
      $label(zh = "表达能力", en = "ability to say it");
  why @7 :Text $optional $sensitive $category(health) $label(zh = "原因", en = "why not able");
  observation @8 :Text $optional $sensitive $label(zh = "观察记录", en = "what was observed");
  changes @9 :Values.EventRef $optional $rows(["12"])
      $label(zh = "变更的意愿", en = "wish that it changes");
}

struct WishTopic {
  topic @0 :Values.Code $codes("WISH") $sensitive $label(zh = "事项", en = "topic");
  answer @1 :Values.Code $codes("WANS") $sensitive $label(zh = "意愿", en = "answer");
  place @2 :Values.Place $optional $label(zh = "地点", en = "place");
  person @3 :Values.Person $optional $label(zh = "相关人", en = "person");
}

struct IdentityAsserted $event(number = "7", stages = beforeOpening, whenClosed = false)
    $label(zh = "身份主张登记", en = "Identity asserted")
    $recordedBy(["MCA", "PSB", "JUS", "EXI", "BOR"]) $category(identity) {
  # Names, birth date, number somebody claims.
  names @0 :List(AssertedName) $limit(20) $label(zh = "姓名", en = "names");
  sex @1 :Values.Code $codes("SEX") $label(zh = "性别", en = "sex");
  dob @2 :Values.Date $optional $sensitive $label(zh = "出生日期", en = "date of birth");
  estimated @3 :Values.YesNo $optional $label(zh = "日期为估计", en = "date is estimated");
  rangeYears @4 :Int32 = -1 $optional $unit("years")
      $label(zh = "误差年数", en = "estimate, give or take");
  idKind @5 :Values.Code $codes("IDK") $label(zh = "证件种类", en = "kind of identity paper");
  idNo @6 :Text $optional $sensitive $limit(30) $label(zh = "证件号码", en = "identity number");
  ethnicity @7 :Text $optional $sensitive $limit(40) $label(zh = "民族", en = "ethnicity");
  nationality @8 :Values.Code $codes("ISO") $sensitive $label(zh = "国籍", en = "nationality");
  languages @9 :List(Text) $optional $limit(10) $label(zh = "语言", en = "languages");
  native @10 :Values.Place $optional $sensitive $label(zh = "籍贯", en = "native place");
  proof @11 :Values.Code $codes("GRADE") $label(zh = "证明程度", en = "grade of proof");
  saidBy @12 :Values.Person $label(zh = "陈述人", en = "said by");
  why @13 :Text $optional $sensitive $limit(400)
      $label(zh = "不详原因", en = "why something is not known");
}

struct AssertedName {
  text @0 :Text $optional $personal $limit(60) $label(zh = "姓名", en = "name; absent where unknown");
  kind @1 :Values.Code $codes("NAME") $label(zh = "姓名类别", en = "kind of name");
}

struct RelatedPersonRecorded $event(number = "9b", stages = beforeOpening, whenClosed = false)
    $label(zh = "关系人登记", en = "Related person recorded")
    $recordedBy(["CASE"]) $category(family) {
  # Relative, buyer, carer, broker, with role towards this subject.
  person @0 :Values.Person $filledIn $label(zh = "关系人", en = "reference of the person");
  role @1 :List(Values.Code) $codes("PROLE") $limit(10) $label(zh = "关系", en = "roles");
  name @2 :Text $optional $personal $subject("person") $category(identity) $limit(60)
      $label(zh = "姓名", en = "name; absent where unknown");
  idNo @3 :Text $optional $personal $subject("person") $category(identity) $limit(30)
      $label(zh = "证件号码", en = "identity number");
  phone @4 :Text $optional $personal $subject("person") $category(contact) $limit(40)
      $label(zh = "电话", en = "phone");
  place @5 :Values.Place $optional $personal $subject("person") $category(contact)
      $label(zh = "住址", en = "place");
  kinProof @6 :Values.Code $codes("GRADE") $label(zh = "亲属关系证明程度", en = "proof of kinship");
  livesWith @7 :Values.YesNo $sensitive $category(whereabouts)
      $label(zh = "与当事人同住", en = "lives with the person");
  minor @8 :Values.YesNo $label(zh = "未成年人", en = "minor");
  ownCase @9 :Values.EventRef $optional $label(zh = "本人案件", en = "own case");
  why @10 :Text $optional $sensitive $limit(400)
      $label(zh = "姓名不详原因", en = "why the name is not known");
}

struct RiskAssessed $event(number = "11", whenClosed = false)
    $label(zh = "风险评估", en = "Risk assessed")
    $recordedBy(["MCA", "SWO", "PSB"]) $category(history) {
  # Risk levels by named tool.
  tool @0 :Text $limit(60) $label(zh = "评估工具", en = "tool");
  version @1 :Text $limit(20) $label(zh = "工具版本", en = "version of the tool");
  individual @2 :Values.Code $codes("LEVEL") $sensitive $label(zh = "个人风险", en = "individual risk");
  household @3 :Values.Code $codes("LEVEL") $sensitive $category(family)
      $label(zh = "家庭风险", en = "household risk");
  community @4 :Values.Code $codes("LEVEL") $sensitive $label(zh = "社区风险", en = "community risk");
  retrafficking @5 :Values.Code $codes("LEVEL") $sensitive
      $label(zh = "再次被拐风险", en = "risk of being trafficked again");
  selfHarm @6 :Values.Code $codes("LEVEL") $sensitive $category(health)
      $label(zh = "自伤风险", en = "risk of self-harm");
  reasons @7 :Text $sensitive $label(zh = "理由", en = "reasons");
  validTo @8 :Values.Date $label(zh = "有效期至", en = "valid to");
}

struct CapacityAssessed $event(number = "11b", whenClosed = false)
    $label(zh = "行为能力评估", en = "Capacity assessed")
    $recordedBy(["MCA", "HLT", "CRT"]) $category(health) $article("反家暴法第14、15条") {
  # Whether an adult can decide.
  finding @0 :Values.Code $codes("CAP") $sensitive $label(zh = "评估结论", en = "finding");
  basis @1 :CapacityBasis $label(zh = "评估依据", en = "basis");
  document @2 :Values.Document $optional $label(zh = "文书", en = "document");
  reviewBy @3 :Values.Date $label(zh = "复核期限", en = "review by");
}

enum CapacityBasis {
  unspecified @0;
  doctor @1 $label(zh = "医生", en = "doctor");
  court @2 $label(zh = "法院", en = "court");
  worker @3 $label(zh = "工作人员", en = "worker");
}

struct GuardianConflictFlagged $event(number = "15", stages = beforeOpening, whenClosed = false)
    $label(zh = "监护冲突标记", en = "Guardian conflict flagged")
    $recordedBy(["PSB", "MCA", "JUS", "EDU", "WF"]) $additive $category(family)
    $article("民法典第36条") {
  # The person may not speak or care for the subject.
  person @0 :Values.Person $label(zh = "被标记人", en = "person flagged");
  ground @1 :Values.Code $codes("CONF") $sensitive $label(zh = "事由", en = "ground");
  facts @2 :Text $sensitive $label(zh = "事实", en = "facts");
  by @3 :Text $refers(unit) $limit(40) $label(zh = "标记单位", en = "flagged by");
  reviewBy @4 :Values.Date $label(zh = "复核期限", en = "review by");
}
