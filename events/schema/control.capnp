@0xc7a1f0d3b2e9451b;
# Chapter L: case control, access, records (events.md, rows 76 to 89d, 98 to 98d and 103 to 106).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".sensitive;
using import "annotations.capnp".category;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".codes;
using import "annotations.capnp".optional;
using import "annotations.capnp".filledIn;
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct RecordAccessed $event(number = "81", mode = sibling, stages = sibling,
    whenClosed = true, forms = false)
    $category(history)
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

struct AccessDenied $event(number = "103", mode = sibling, stages = sibling,
    whenClosed = true, forms = false)
    $category(history)
    $label(zh = "拒绝访问", en = "Access denied") $recordedBy(["SYS"]) {
  # An attempt was refused. No contents.
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "何人", en = "who");
  act @1 :Text $limit(60) $label(zh = "行为", en = "act");
  code @2 :Text $limit(60) $label(zh = "原因代码", en = "problem code");
  rule @3 :Text $optional $limit(12) $label(zh = "规则", en = "rule");
  purpose @4 :Values.Code $optional $codes("PURP") $label(zh = "目的", en = "purpose");
}

struct CaseAssigned $event(number = "76", stages = beforeOpening, whenClosed = true)
    $category(history)
    $label(zh = "案件指派", en = "Case assigned") $recordedBy(["ALL"])
    $article("未成年人网络保护条例第36条") {
  # Unit and worker answer for the case.
  unit @0 :Text $refers(unit) $limit(40) $label(zh = "承办单位", en = "unit");
  staff @1 :Text $refers(staff) $limit(60) $label(zh = "承办人", en = "worker");
  until @2 :Values.Date $optional $label(zh = "截止日期", en = "until");
  minorsApproval @3 :Text $optional $refers(staff) $limit(60)
      $label(zh = "未成年人信息查阅批准人", en = "who approves access to a minor's data");
  training @4 :Values.EventRef $optional $rows(["76b"]) $label(zh = "培训", en = "training passed");
  previous @5 :Text $optional $refers(staff) $limit(60)
      $label(zh = "原承办人", en = "worker before");
}

struct ApprovalRequested $event(number = "98", mode = sibling, stages = sibling, whenClosed = true)
    $label(zh = "提请审批", en = "Approval requested") $recordedBy(["ALL"]) $category(history) {
  # Content waits for a second person.
  target @0 :Text $refers(eventRow) $limit(8) $label(zh = "审批事项", en = "row of the event");
  content @1 :Text $optional $sensitive $limit(65536)
      $label(zh = "拟登记内容", en = "event proposed, as in a command");
  recorded @2 :Values.EventRef $optional
      $label(zh = "已登记事项", en = "event recorded, to be approved afterwards");
  contentHash @3 :Values.Id $filledIn $label(zh = "内容摘要", en = "hash of the content");
  to @4 :Text $optional $refers(staff) $limit(60) $label(zh = "审批人", en = "who is asked");
  toUnit @5 :Text $optional $refers(unit) $limit(40) $label(zh = "审批单位", en = "unit asked");
  expires @6 :Values.Time $label(zh = "有效期至", en = "expires");
  afterTheFact @7 :Values.YesNo $label(zh = "事后审批", en = "after the fact");
}

struct ApprovalGiven $event(number = "98b", mode = sibling, stages = sibling, whenClosed = true)
    $category(history)
    $label(zh = "审批同意", en = "Approval given") $recordedBy(["ALL"]) {
  # Second person agrees to that content.
  of @0 :Values.EventRef $rows(["98"]) $label(zh = "审批请求", en = "request");
  contentHash @1 :Values.Id $label(zh = "内容摘要", en = "hash of the content agreed to");
  at @2 :Values.Time $label(zh = "审批时间", en = "time of the approval");
}

struct ApprovalRefused $event(number = "98c", mode = sibling, stages = sibling, whenClosed = true)
    $category(history)
    $label(zh = "审批不同意", en = "Approval refused") $recordedBy(["ALL"]) {
  # Second person disagrees, or takes back what he had agreed to.
  of @0 :Values.EventRef $rows(["98"]) $label(zh = "审批请求", en = "request");
  contentHash @1 :Values.Id $label(zh = "内容摘要", en = "hash of the content refused");
  why @2 :ApprovalRefusal $label(zh = "原因", en = "why");
  at @3 :Values.Time $label(zh = "决定时间", en = "time of the decision");
}

enum ApprovalRefusal {
  unspecified @0;
  facts @1 $label(zh = "事实不清", en = "the facts are not established");
  grounds @2 $label(zh = "依据不足", en = "the grounds do not carry it");
  competence @3 $label(zh = "不属权限", en = "not for us to decide");
  mistake @4 $label(zh = "填写有误", en = "a mistake in the content");
  overtaken @5 $label(zh = "情况已变", en = "circumstances have changed");
  other @6 $label(zh = "其他", en = "other");
}
