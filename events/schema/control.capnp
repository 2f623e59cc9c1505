@0xc7a1f0d3b2e9451b;
# Chapter L: case control, access, records (events.md, rows 76 to 89d and 103 to 106).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".optional;
using import "annotations.capnp".codes;
using import "annotations.capnp".filledIn;
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct RecordAccessed $event(number = "81", mode = sibling, stages = sibling, whenClosed = true, forms = false)
    $label(zh = "查阅记录", en = "Record accessed") $recordedBy(["SYS"])
    $article("未成年人网络保护条例第36条") {
  # Who saw which classes of fields of the case, and why. No log, no read (R39).
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "查阅人", en = "who");
  purpose @1 :Values.Code $codes("PURP") $label(zh = "目的", en = "purpose");
  fields @2 :List(Text) $optional $label(zh = "数据类别", en = "classes shown");
  approval @3 :Values.EventRef $optional $rows(["76", "98b"]) $label(zh = "批准", en = "approval");
  outcome @4 :AccessOutcome $label(zh = "结果", en = "outcome");
  cases @5 :UInt32 $label(zh = "案件数", en = "cases shown in the same request");
  view @6 :Text $limit(40) $label(zh = "视图", en = "view");
}

enum AccessOutcome {
  unspecified @0;
  full @1 $label(zh = "全部", en = "full");
  masked @2 $label(zh = "部分遮蔽", en = "masked");
}

struct AccessDenied $event(number = "103", mode = sibling, stages = sibling, whenClosed = true, forms = false)
    $label(zh = "拒绝访问", en = "Access denied") $recordedBy(["SYS"]) {
  # An attempt was refused. No contents.
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "何人", en = "who");
  act @1 :Text $limit(60) $label(zh = "行为", en = "act");
  code @2 :Text $limit(60) $label(zh = "原因代码", en = "problem code");
  rule @3 :Text $optional $limit(12) $label(zh = "规则", en = "rule");
  purpose @4 :Values.Code $optional $codes("PURP") $label(zh = "目的", en = "purpose");
}
