@0xc7a1f0d3b2e94511;
# Chapter B: handover and temporary aid (events.md, rows 16 to 23d).

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
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using import "annotations.capnp".unit;
using Values = import "values.capnp";

struct HandoverRequested $event(number = "16", stages = beforeOpening, whenClosed = false)
    $label(zh = "移交请求", en = "Handover requested")
    $recordedBy(["PSB", "BOR", "EXI", "MCA"]) $category(history) $article("细则第16条") {
  # Police ask civil affairs to take over.
  from @0 :Text $refers(unit) $limit(40) $label(zh = "移交单位", en = "handed over by");
  target @1 :Text $refers(unit) $limit(40) $label(zh = "接收单位", en = "asked to take over");
  at @2 :Values.Time $label(zh = "请求时间", en = "time of the request");
  escort @3 :List(Escort) $optional $limit(10) $label(zh = "护送人员", en = "escorted by");
  papers @4 :List(HandoverPaper) $optional $limit(30) $label(zh = "移交材料", en = "papers");
  belongings @5 :Text $optional $sensitive $label(zh = "随身物品", en = "belongings");
  health @6 :Values.Code $codes("HQUICK") $sensitive $category(health)
      $label(zh = "健康状况", en = "state of health");
  knownRisk @7 :Text $optional $sensitive $label(zh = "已知风险", en = "known risks");
  parentsKnown @8 :Values.YesNo $label(zh = "父母已查明", en = "parents known");
  identityKnown @9 :Values.YesNo $label(zh = "身份已查明", en = "identity known");
  siblings @10 :List(Values.EventRef) $optional $limit(20)
      $label(zh = "同胞案件", en = "cases of siblings");
}

struct Escort {
  name @0 :Text $personal $subject("other") $category(contact) $limit(60)
      $label(zh = "姓名", en = "name");
  badge @1 :Text $optional $personal $subject("other") $category(contact) $limit(40)
      $label(zh = "警号", en = "badge number");
}

struct HandoverPaper {
  paper @0 :Values.Code $codes("HPAPER") $label(zh = "材料", en = "paper");
  document @1 :Values.Document $optional $label(zh = "文书", en = "document");
  present @2 :Values.YesNo $label(zh = "是否齐备", en = "present");
}

struct HandoverAccepted $event(number = "17", stages = beforeOpening, whenClosed = false)
    $label(zh = "移交接收", en = "Handover accepted")
    $recordedBy(["MCA"]) $category(history) $article("细则第16条") {
  # Both sides sign the checklist.
  of @0 :Values.EventRef $rows(["16"]) $label(zh = "移交请求", en = "request accepted");
  at @1 :Values.Time $label(zh = "接收时间", en = "time of the handover");
  notice @2 :Values.Document $personal $category(legal)
      $label(zh = "临时照料通知书或交接表", en = "notice of temporary care (child), transfer sheet (adult)");
  belongings @3 :List(BelongingHandedOver) $optional $label(zh = "物品清单", en = "belongings");
  bodyCheck @4 :Text $optional $sensitive $category(health)
      $label(zh = "体表检查", en = "look at the body");
  photo @5 :Values.Attachment $optional $sensitive $category(identity)
      $label(zh = "照片", en = "photo");
  giver @6 :Text $personal $subject("other") $category(contact) $limit(60)
      $label(zh = "移交人", en = "handed over by");
  signature @7 :Values.Attachment $sensitive $subject("other") $category(contact)
      $label(zh = "移交人签名", en = "signature of the giver");
  taker @8 :Text $refers(staff) $limit(60) $label(zh = "接收人", en = "taken over by");
  missing @9 :List(Values.Code) $optional $codes("HPAPER") $limit(30)
      $label(zh = "缺少材料", en = "papers missing");
  due @10 :Values.Date $optional $label(zh = "补交期限", en = "missing papers due");
}

struct BelongingHandedOver {
  what @0 :Text $personal $limit(200) $label(zh = "物品", en = "thing");
  count @1 :Int32 = -1 $unit("pieces") $label(zh = "数量", en = "count");
  keep @2 :Values.Code $codes("KEEP") $label(zh = "保管方式", en = "kept by");
}
