@0xc7a1f0d3b2e94516;
# Chapter G: school and work (events.md, rows 51 to 54).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".personal;
using import "annotations.capnp".sensitive;
using import "annotations.capnp".category;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".codes;
using import "annotations.capnp".optional;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct SchoolEnrolled $event(number = "51", whenClosed = false)
    $label(zh = "入学（复学）登记", en = "Enrolled at school")
    $recordedBy(["EDU"]) $category(whereabouts) $article("细则第19条第1项") {
  # School, grade, what the school was told.
  stage @0 :Values.Code $codes("STAGE") $label(zh = "学段", en = "stage");
  school @1 :Text $personal $limit(80) $label(zh = "学校", en = "school");
  grade @2 :Text $limit(20) $label(zh = "年级", en = "grade");
  place @3 :Values.Place $label(zh = "学校所在地", en = "place");
  otherPlace @4 :Values.YesNo $label(zh = "异地就学", en = "in another place");
  boarding @5 :Values.YesNo $label(zh = "寄宿", en = "boarding");
  from @6 :Values.Date $label(zh = "入学日期", en = "from");
  studentNo @7 :Text $optional $sensitive $category(identity) $limit(40)
      $label(zh = "学籍号", en = "student number");
  via @8 :Values.EventRef $optional $rows(["77"]) $label(zh = "转介", en = "by referral");
  needs @9 :Text $optional $sensitive $category(history)
      $label(zh = "特别需要", en = "needs at school");
  toldSchool @10 :Values.Code $codes("TOLD") $label(zh = "告知学校范围", en = "what the school was told");
  feesWaived @11 :Values.YesNo $label(zh = "费用减免", en = "fees waived");
}
