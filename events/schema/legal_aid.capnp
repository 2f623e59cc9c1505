@0xc7a1f0d3b2e94518;
# Chapter I: legal aid (events.md, rows 61 to 66d).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
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
using Values = import "values.capnp";

struct LegalAidRightNotified $event(number = "61", stages = beforeOpening, whenClosed = true)
    $label(zh = "法律援助权利告知", en = "Told of the right to legal aid")
    $recordedBy(["ALL"]) $additive $category(legal) $article("法律援助法第35条") {
  # Person told of the right to legal aid.
  at @0 :Values.Time $label(zh = "告知时间", en = "time");
  by @1 :Text $refers(staff) $limit(60) $label(zh = "告知人", en = "told by");
  to @2 :Values.Person $label(zh = "被告知人", en = "who was told");
  how @3 :Values.Code $codes("HOW") $label(zh = "告知方式", en = "how");
  language @4 :Text $limit(40) $label(zh = "语言", en = "language");
  sheet @5 :Values.Document $optional $label(zh = "告知书", en = "information sheet");
  understood @6 :Values.Code $codes("ABLE") $sensitive $category(health)
      $label(zh = "理解情况", en = "able to understand");
  wants @7 :Values.Code $codes("WANS") $sensitive $label(zh = "是否申请", en = "wants legal aid");
}

struct LegalAidApplied $event(number = "62", stages = first, whenClosed = true)
    $label(zh = "法律援助申请", en = "Legal aid applied for")
    $recordedBy(["JUS"]) $additive $category(legal) $article("细则第19条第5项") {
  # Application received.
  matter @0 :List(Values.Code) $codes("LAM") $sensitive $limit(10)
      $label(zh = "援助事项", en = "matters");
  applicant @1 :Values.Person $label(zh = "申请人", en = "applicant");
  relation @2 :Values.Code $optional $codes("PROLE")
      $label(zh = "与当事人关系", en = "relation to the person; absent: self");
  receivedAt @3 :Values.Time $article("法律援助法第43条") $label(zh = "收到时间", en = "received");
  agency @4 :Text $refers(unit) $limit(40) $label(zh = "受理机构", en = "agency");
  case @5 :Values.EventRef $optional $label(zh = "所属案件", en = "in the case");
  name @6 :Text $optional $personal $category(identity) $limit(60)
      $label(zh = "当事人姓名", en = "name");
  idNo @7 :Text $optional $sensitive $category(identity) $limit(30)
      $label(zh = "证件号码", en = "identity number");
  contact @8 :Text $sensitive $category(contact) $limit(200)
      $label(zh = "联系方式", en = "how to reach the person");
  limitation @9 :Values.Date $optional $article("法律援助法第44条")
      $label(zh = "时效届满日", en = "limitation ends");
  limitationKind @10 :Values.Code $optional $codes("LIMK")
      $label(zh = "时效种类", en = "kind of limitation");
  means @11 :Values.Code $codes("MEANS") $label(zh = "经济状况依据", en = "basis as to means");
  guardianConflict @12 :Values.YesNo $article("法律援助法第40条")
      $label(zh = "监护人侵权", en = "guardian violates the rights");
  against @13 :Values.Person $optional $label(zh = "对方当事人", en = "against");
  la44 @14 :Values.Code $optional $codes("LA44") $article("法律援助法第44条")
      $label(zh = "先行援助情形", en = "ground for aid before papers");
  papers @15 :List(Text) $optional $limit(40) $label(zh = "申请材料", en = "papers brought");
  interpreter @16 :Values.YesNo $label(zh = "需要翻译", en = "interpreter needed");
  greenChannel @17 :Values.YesNo $article("细则第19条第5项")
      $label(zh = "绿色通道", en = "green channel");
  why @18 :Text $optional $sensitive $category(identity) $limit(400)
      $label(zh = "姓名不详原因", en = "why the name is not known");
}

struct LegalAidDecided $event(number = "65", stages = beforeOpening, whenClosed = true)
    $label(zh = "法律援助决定", en = "Legal aid decided")
    $recordedBy(["JUS"]) $category(legal) $article("法律援助法第43条") {
  # Granted, refused, withdrawn, deemed withdrawn, not competent.
  of @0 :Values.EventRef $rows(["62"]) $label(zh = "申请", en = "application");
  outcome @1 :Values.Code $codes("LADEC") $label(zh = "决定", en = "outcome");
  basis @2 :Values.Code $codes("MEANS") $label(zh = "经济状况依据", en = "basis as to means");
  reasons @3 :Text $optional $sensitive $label(zh = "理由", en = "reasons; each no has them");
  at @4 :Values.Time $label(zh = "决定时间", en = "time of the decision");
  letter @5 :Values.Document $label(zh = "决定书", en = "letter");
  remedyTold @6 :Values.YesNo $label(zh = "已告知救济途径", en = "told of the objection");
  late @7 :Values.YesNo $filledIn $label(zh = "逾期", en = "late");
  where @8 :Text $optional $limit(80)
      $label(zh = "有管辖权的机构", en = "competent agency, where this one is not");
}
