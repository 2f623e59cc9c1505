@0xc7a1f0d3b2e9451a;
# Chapter K: plan, supervision, reporting (events.md, rows 71 to 75b).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".optional;
using import "annotations.capnp".refers;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct PlanItemSet $event(number = "71", stages = registry)
    $label(zh = "任务分解", en = "Plan item set") $recordedBy(["OFFICE"]) $article("细则第35条") {
  # A task of the plan: who leads, who supports, by when, and where the text stands.
  item @0 :Text $limit(20) $label(zh = "任务编号", en = "item");
  text @1 :Text $optional $limit(2000)
      $label(zh = "任务内容", en = "task; absent where the source lost it");
  lead @2 :List(Text) $refers(unit) $optional $label(zh = "负责单位", en = "units in the lead");
  support @3 :List(Text) $refers(unit) $optional $label(zh = "配合单位", en = "units in support");
  perYear @4 :List(YearMilestone) $optional $label(zh = "年度进展", en = "milestones by year");
  article @5 :Text $limit(40) $label(zh = "条款", en = "article");
  line @6 :UInt32 $label(zh = "原文行号", en = "line of the source");
  readings @7 :List(Reading) $optional $limit(40) $label(zh = "不同读法", en = "readings");
  conflict @8 :Values.YesNo $label(zh = "存在冲突", en = "article and table differ");
  year @9 :UInt32 $optional $label(zh = "年份", en = "year, where the item stands in one only");
}

struct YearMilestone {
  year @0 :UInt32 $optional $label(zh = "年份", en = "year; absent where the source lost it");
  text @1 :Text $limit(400) $label(zh = "进度", en = "milestone");
  line @2 :UInt32 $label(zh = "原文行号", en = "line of the source");
}

struct Reading {
  source @0 :Text $limit(40) $label(zh = "出处", en = "article or table");
  field @1 :Text $limit(40) $label(zh = "字段", en = "field");
  text @2 :Text $optional $limit(2000)
      $label(zh = "读法", en = "as it reads there; absent: nothing stands there");
  line @3 :UInt32 $label(zh = "原文行号", en = "line of the source");
}
