@0xc7a1f0d3b2e94512;
# Chapter C: family tracing (events.md, rows 24 to 32).

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
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct DnaSamplingRequested $event(number = "25", stages = beforeOpening, whenClosed = false)
    $label(zh = "DNA采样申请", en = "DNA sampling requested")
    $recordedBy(["MCA"]) $category(identity) $article("细则第14条第3项") {
  # Police are asked to sample.
  to @0 :Text $refers(unit) $limit(40) $label(zh = "受理公安机关", en = "police asked");
  requestNo @1 :Text $personal $limit(80) $label(zh = "申请编号", en = "number of the request");
  at @2 :Values.Time $label(zh = "申请时间", en = "time of the request");
  alreadySampled @3 :Values.YesNo $label(zh = "已采样", en = "already sampled");
}

struct DnaReferenceRecorded $event(number = "26", stages = beforeOpening, whenClosed = true)
    $label(zh = "DNA采样入库登记", en = "DNA reference recorded")
    $recordedBy(["PSB"]) $additive $category(identity) $article("细则第14条第3项") {
  # Sample reference and dates, no profile (R6).
  sampleRef @0 :Text $sensitive $limit(80) $label(zh = "样本编号", en = "reference of the sample");
  sampledAt @1 :Values.Date $label(zh = "采样日期", en = "sampled on");
  enteredAt @2 :Values.Date $label(zh = "入库日期", en = "entered on");
  unit @3 :Text $refers(unit) $limit(40) $label(zh = "采样单位", en = "sampled by");
  of @4 :Values.Person $label(zh = "被采样人", en = "whose sample");
}

struct DnaComparisonReported $event(number = "27", stages = beforeOpening, whenClosed = true)
    $label(zh = "DNA比对结果", en = "DNA comparison reported")
    $recordedBy(["PSB"]) $additive $category(identity) $article("细则第14条第3项") {
  # Match, none, pending or invalid.
  of @0 :Values.EventRef $rows(["26"]) $label(zh = "样本", en = "sample compared");
  result @1 :Values.Code $codes("DNA") $label(zh = "比对结果", en = "result");
  reportRef @2 :Text $optional $sensitive $limit(80)
      $label(zh = "报告编号", en = "reference of the report; absent while pending");
  at @3 :Values.Time $label(zh = "报告时间", en = "time of the report");
  againstEvent @4 :Values.EventRef $optional $label(zh = "比对案件", en = "compared with the case");
  againstPerson @5 :Values.Person $optional $label(zh = "比对对象", en = "compared with the person");
}

struct NotFoundCertified $event(number = "31", whenClosed = false)
    $label(zh = "查找不到证明", en = "Parents certified as not found")
    $recordedBy(["PSB"]) $category(legal) $article("民政部、公安部2015年收养通知") {
  # Police certify that the parents are not found, for now or finally.
  kind @0 :NotFoundKind $label(zh = "证明类别", en = "kind");
  certNo @1 :Text $personal $limit(80) $label(zh = "证明编号", en = "number of the certificate");
  at @2 :Values.Time $label(zh = "出具时间", en = "time of issue");
  unit @3 :Text $refers(unit) $limit(40) $label(zh = "出具单位", en = "issued by");
}

enum NotFoundKind {
  unspecified @0;
  temporary @1 $label(zh = "暂时查找不到", en = "temporary");
  final @2 $label(zh = "查找不到", en = "final");
}

struct GuardianFitnessAssessed $event(number = "32", whenClosed = false)
    $label(zh = "监护能力评估", en = "Fitness to care assessed")
    $recordedBy(["MCA"]) $category(family) $article("未保法第93条") {
  # Whether a person can care for the child.
  person @0 :Values.Person $label(zh = "被评估人", en = "person assessed");
  result @1 :FitnessResult $sensitive $label(zh = "评估结论", en = "result");
  visits @2 :List(FitnessVisit) $optional $limit(20) $label(zh = "走访", en = "visits");
  home @3 :Values.Code $codes("LEVEL") $sensitive $subject("person")
      $label(zh = "居住风险", en = "concern: home");
  income @4 :Values.Code $codes("LEVEL") $sensitive $subject("person") $category(finance)
      $label(zh = "收入风险", en = "concern: income");
  health @5 :Values.Code $codes("LEVEL") $sensitive $subject("person") $category(health)
      $label(zh = "健康风险", en = "concern: health");
  record @6 :Values.Code $codes("LEVEL") $sensitive $subject("person") $category(legal)
      $label(zh = "违法记录风险", en = "concern: record");
  attitude @7 :Values.Code $codes("LEVEL") $sensitive $subject("person")
      $label(zh = "态度风险", en = "concern: attitude");
  conditions @8 :Text $optional $sensitive $label(zh = "附带条件", en = "conditions");
  validTo @9 :Values.Date $label(zh = "有效期至", en = "valid to");
}

enum FitnessResult {
  unspecified @0;
  fit @1 $label(zh = "具备", en = "fit");
  conditions @2 $label(zh = "有条件具备", en = "fit under conditions");
  unfit @3 $label(zh = "不具备", en = "unfit");
}

struct FitnessVisit {
  date @0 :Values.Date $label(zh = "日期", en = "date");
  staff @1 :Text $refers(staff) $limit(60) $label(zh = "走访人", en = "by");
}
