@0xc7a1f0d3b2e9451c;
# Chapter M: governance and registry (events.md, rows 90 to 107g).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".Category;
using import "annotations.capnp".event;
using import "annotations.capnp".label;
using import "annotations.capnp".personal;
using import "annotations.capnp".category;
using import "annotations.capnp".article;
using import "annotations.capnp".recordedBy;
using import "annotations.capnp".optional;
using import "annotations.capnp".codes;
using import "annotations.capnp".refers;
using import "annotations.capnp".limit;
using Values = import "values.capnp";

struct UnitSet $event(number = "90", stages = registry, approval = true)
    $label(zh = "机构设置", en = "Unit set") $recordedBy(["ADM"]) {
  # A unit is created or changed.
  code @0 :Text $refers(unit) $limit(40) $label(zh = "机构代码", en = "code");
  name @1 :Text $limit(80) $label(zh = "机构名称", en = "name");
  kind @2 :UnitKind $label(zh = "机构类型", en = "kind");
  parent @3 :Text $optional $refers(unit) $limit(40) $label(zh = "上级机构", en = "acts for, or belongs to");
  county @4 :Text $optional $refers(adminCode) $limit(12) $label(zh = "县（区）", en = "county; absent: the city");
  active @5 :Values.YesNo $label(zh = "启用", en = "active");
}

enum UnitKind {
  unspecified @0;
  member @1 $label(zh = "成员单位", en = "member unit");
  office @2 $label(zh = "联席会议办公室", en = "joint-meeting office");
  county @3 $label(zh = "县级政府", en = "county government");
  institution @4 $label(zh = "机构", en = "institution");
  other @5 $label(zh = "其他", en = "other");
}

struct UserSet $event(number = "91", stages = registry)
    $label(zh = "用户设置", en = "User set") $recordedBy(["ADM"]) $category(identity) {
  # A user is created or changed.
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "工作人员编号", en = "staff id");
  name @1 :Text $optional $personal $limit(60) $label(zh = "姓名", en = "name");
  unit @2 :Text $refers(unit) $limit(40) $label(zh = "所属机构", en = "unit");
  roles @3 :List(Text) $refers(role) $limit(20) $label(zh = "角色", en = "roles");
  mfa @4 :Values.YesNo $label(zh = "双因素认证", en = "second factor");
  from @5 :Values.Date $label(zh = "起始日期", en = "from");
  until @6 :Values.Date $optional $label(zh = "截止日期", en = "until");
}

struct UserSuspended $event(number = "92", stages = registry)
    $label(zh = "用户停用", en = "User suspended") $recordedBy(["ADM", "OFFICE"]) {
  # A user loses all rights at once; acknowledged when every partition acts on it (R3 of protocol.md).
  staff @0 :Text $refers(staff) $limit(60) $label(zh = "工作人员编号", en = "staff id");
  why @1 :SuspensionReason $label(zh = "原因", en = "why");
  casesTo @2 :Text $optional $refers(staff) $limit(60) $label(zh = "案件移交给", en = "cases go to");
}

enum SuspensionReason {
  unspecified @0;
  left @1 $label(zh = "离职", en = "left");
  misuse @2 $label(zh = "违规使用", en = "misuse");
  lostDevice @3 $label(zh = "设备遗失", en = "lost device");
  other @4 $label(zh = "其他", en = "other");
}

struct RoleSet $event(number = "93", stages = registry, approval = true)
    $label(zh = "角色设置", en = "Role set") $recordedBy(["ADM"]) {
  # Rights and purposes of a role.
  role @0 :Text $refers(role) $limit(40) $label(zh = "角色", en = "role");
  acts @1 :List(Text) $optional $refers(eventRow) $limit(200) $label(zh = "可登记事项", en = "events it may record");
  classes @2 :List(Category) $optional $label(zh = "可查阅类别", en = "classes it may see");
  purposes @3 :List(Values.Code) $optional $codes("PURP") $label(zh = "目的", en = "purposes");
  scope @4 :Scope $label(zh = "范围", en = "scope");
  administers @5 :Values.YesNo $optional $label(zh = "系统管理", en = "administers units, users and roles");
  audits @6 :Values.YesNo $optional $label(zh = "审计", en = "replays and audits");
}

enum Scope {
  unspecified @0;
  own @1 $label(zh = "本人案件", en = "own cases");
  unit @2 $label(zh = "本单位", en = "own unit");
  county @3 $label(zh = "本县（区）", en = "own county");
  city @4 $label(zh = "全市", en = "city");
}

struct RegistryAdopted $event(number = "99", mode = software, stages = partition, forms = false)
    $label(zh = "采用登记库版本", en = "Registry adopted") $recordedBy(["SYS"]) {
  # The partition acts on the registry up to an offset.
  registryOffset @0 :UInt64 $label(zh = "登记库位置", en = "records of the registry acted on");
  ruleSet @1 :UInt32 $label(zh = "规则版本", en = "rule set");
  calendar @2 :UInt32 $label(zh = "日历版本", en = "newest calendar year");
  cadence @3 :UInt32 $label(zh = "频次版本", en = "cadence");
}
