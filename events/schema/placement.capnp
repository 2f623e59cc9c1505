@0xc7a1f0d3b2e94513;
# Chapter D: placement (events.md, rows 33 to 39).

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
using import "annotations.capnp".codes;
using import "annotations.capnp".optional;
using import "annotations.capnp".filledIn;
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using import "annotations.capnp".unit;
using Values = import "values.capnp";

struct PlacementOptionsReviewed $event(number = "33", whenClosed = false)
    $label(zh = "安置方案比选", en = "Placement options reviewed")
    $recordedBy(["MCA"]) $category(whereabouts) $article("细则第19条第3项") {
  # Options weighed, community prepared.
  options @0 :List(PlacementOption) $limit(20) $label(zh = "备选方案", en = "options");
  at @1 :Values.Time $label(zh = "讨论时间", en = "time of the review");
  attendees @2 :List(Text) $optional $refers(staff) $limit(40)
      $label(zh = "参加人员", en = "staff present");
  attendeeUnits @3 :List(Text) $optional $refers(unit) $limit(40)
      $label(zh = "参加单位", en = "units present");
  recommended @4 :Int32 = -1 $label(zh = "推荐方案序号", en = "option recommended, from 1");
  communityPrep @5 :Text $optional $sensitive $category(history)
      $label(zh = "社区准备", en = "work with the community");
}

struct PlacementOption {
  ptype @0 :Values.Code $codes("PTYPE") $sensitive $label(zh = "安置方式", en = "kind of placement");
  person @1 :Values.Person $optional $label(zh = "与何人", en = "with the person");
  unit @2 :Text $optional $refers(unit) $limit(40) $label(zh = "机构", en = "in the institution");
  place @3 :Values.Place $label(zh = "地点", en = "place");
  for @4 :Text $optional $sensitive $label(zh = "有利因素", en = "for it");
  against @5 :Text $optional $sensitive $label(zh = "不利因素", en = "against it");
  subjectView @6 :Text $optional $sensitive $label(zh = "本人看法", en = "what the person says to it");
  feasible @7 :Values.YesNo $label(zh = "是否可行", en = "feasible");
}

struct PlacementDecided $event(number = "34", whenClosed = false, approval = true)
    $label(zh = "安置决定", en = "Placement decided")
    $recordedBy(["MCA"]) $category(whereabouts) $article("细则第16条") {
  # Where and with whom the person lives.
  ptype @0 :Values.Code $codes("PTYPE") $sensitive $label(zh = "安置方式", en = "kind of placement");
  person @1 :Values.Person $optional $label(zh = "与何人", en = "with the person");
  unit @2 :Text $optional $refers(unit) $limit(40) $label(zh = "机构", en = "in the institution");
  place @3 :Values.Place $label(zh = "地点", en = "place");
  from @4 :Values.Date $label(zh = "起始日期", en = "from");
  until @5 :Values.Date $optional $label(zh = "截止日期", en = "until");
  reviewBy @6 :Values.Date $label(zh = "复核期限", en = "review by");
  reasons @7 :Text $sensitive $label(zh = "理由", en = "reasons");
  buyerCheck @8 :BuyerCheck $label(zh = "与收买方关系核查", en = "check against the buyer's side");
  conflictCheck @9 :List(Values.EventRef) $optional $rows(["15"])
      $label(zh = "监护冲突核查", en = "conflict marks looked at");
  wish @10 :Values.EventRef $rows(["12"]) $label(zh = "本人意愿", en = "wish heard");
  fitness @11 :Values.EventRef $optional $rows(["32"])
      $label(zh = "监护能力评估", en = "fitness assessed");
  capacity @12 :Values.EventRef $optional $rows(["11b"])
      $label(zh = "行为能力评估", en = "capacity assessed");
  provisional @13 :Values.YesNo $label(zh = "临时安置", en = "provisional");
  approver @14 :Text $optional $filledIn $refers(staff) $limit(60)
      $label(zh = "审批人", en = "approved by");
}

struct BuyerCheck {
  person @0 :Values.Person $optional $label(zh = "被核查人", en = "person checked");
  result @1 :BuyerCheckResult $label(zh = "核查结果", en = "result");
}

enum BuyerCheckResult {
  unspecified @0;
  unrelated @1 $label(zh = "与收买方无关", en = "not of the buyer's side");
  buyer @2 $label(zh = "收买人", en = "the buyer");
  household @3 $label(zh = "收买人家属", en = "of the buyer's household");
  unknown @4 $label(zh = "不详", en = "unknown");
}

struct PlacementStarted $event(number = "35", whenClosed = false)
    $label(zh = "安置执行", en = "Placement started")
    $recordedBy(["MCA"]) $category(whereabouts) $article("细则第16条") {
  # The move happened.
  of @0 :Values.EventRef $rows(["34"]) $label(zh = "安置决定", en = "decision carried out");
  at @1 :Values.Time $label(zh = "安置时间", en = "time of the move");
  carer @2 :Values.Person $optional $label(zh = "照料人", en = "carer");
  carerStaff @3 :Text $optional $refers(staff) $limit(60)
      $label(zh = "照料工作人员", en = "carer, of the staff");
  agreement @4 :Values.Document $optional $category(legal) $label(zh = "协议", en = "agreement");
  handed @5 :List(Values.Code) $optional $codes("HPAPER") $limit(30)
      $label(zh = "移交材料", en = "papers handed over");
  allowance @6 :Int64 = -1 $optional $unit("CNY fen") $label(zh = "补助金额", en = "allowance");
  contactPlan @7 :Text $optional $sensitive $category(contact)
      $label(zh = "联络安排", en = "how contact is kept");
  emergency @8 :Text $optional $personal $subject("other") $category(contact) $limit(120)
      $label(zh = "紧急联系人", en = "emergency contact");
}
