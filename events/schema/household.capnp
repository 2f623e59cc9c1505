@0xc7a1f0d3b2e94514;
# Chapter E: household registration, marriage (events.md, rows 40 to 45c).

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
using import "annotations.capnp".refers;
using import "annotations.capnp".rows;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct HouseholdRegistrationApplied $event(number = "41", whenClosed = false)
    $label(zh = "落户申请", en = "Household registration applied for")
    $recordedBy(["MCA", "WEL"]) $category(identity) $article("细则第18条第3项") {
  # Application with its papers.
  kind @0 :Values.Code $codes("HUK") $label(zh = "落户类别", en = "kind");
  papers @1 :List(Values.Code) $optional $codes("HUKP") $limit(20)
      $label(zh = "申请材料", en = "papers");
  collective @2 :Values.YesNo $label(zh = "集体户", en = "collective household");
  hukouOf @3 :Text $optional $refers(unit) $limit(40)
      $label(zh = "落户机构", en = "in the household of");
  name @4 :Text $optional $personal $limit(60) $label(zh = "登记姓名", en = "name");
  dob @5 :Values.Date $optional $sensitive $label(zh = "出生日期", en = "date of birth");
  ethnicity @6 :Text $optional $sensitive $limit(40) $label(zh = "民族", en = "ethnicity");
  applicant @7 :Values.Person $optional $label(zh = "申请人", en = "applicant");
  applicantUnit @8 :Text $optional $refers(unit) $limit(40)
      $label(zh = "申请单位", en = "applying unit");
  originUnknown @9 :Values.YesNo $label(zh = "来历不明", en = "of unknown origin");
  dna @10 :Values.EventRef $optional $rows(["27"]) $label(zh = "DNA比对", en = "DNA comparison");
  why @11 :Text $optional $sensitive $limit(400)
      $label(zh = "不详原因", en = "why name, birth date or ethnicity is not known");
}

struct HouseholdRegistered $event(number = "42", whenClosed = false)
    $label(zh = "落户登记", en = "Household registered")
    $recordedBy(["PSB"]) $category(identity) $article("细则第18条第3项") {
  # Police enter the person.
  kind @0 :Values.Code $codes("HUK") $label(zh = "落户类别", en = "kind");
  hukouRef @1 :Text $sensitive $limit(80) $label(zh = "户口编号", en = "reference of the entry");
  idNo @2 :Text $optional $sensitive $limit(30) $label(zh = "公民身份号码", en = "identity number");
  name @3 :Text $optional $personal $limit(60) $label(zh = "登记姓名", en = "name");
  dob @4 :Values.Date $optional $sensitive $label(zh = "出生日期", en = "date of birth");
  place @5 :Values.Place $label(zh = "落户地点", en = "place of registration");
  at @6 :Values.Time $label(zh = "登记时间", en = "time of registration");
  dna @7 :Values.EventRef $optional $rows(["27"]) $label(zh = "DNA比对", en = "DNA comparison");
  why @8 :Text $optional $sensitive $limit(400)
      $label(zh = "不详原因", en = "why number, name or birth date is not known");
}
