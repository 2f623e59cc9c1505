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
    $label(zh = "立案建档", en = "Case opened")
    $recordedBy(["MCA", "OFFICE"]) $article("细则第19条第4项") {
  # Civil affairs adopts the stream as a case.
  caseNo @0 :Text $filledIn $limit(20) $label(zh = "案件编号", en = "case number");
  kind @1 :Values.Code $codes("CKIND") $label(zh = "案件类别", en = "kind of case");
  subjectKey @2 :Values.Id $filledIn $label(zh = "当事人密钥编号", en = "subject whose key seals the case");
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
