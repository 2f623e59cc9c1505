@0xc7a1f0d3b2e94502;
# The values that fields are made of. Every one can be absent: a pointer may be null, an enum has
# `unspecified` as 0, a number has its default as "absent". So a field that was not given can always
# be told from one that was given as no or nought, and sealed parts can be merged back exactly.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".label;
using import "annotations.capnp".personal;
using import "annotations.capnp".sensitive;
using import "annotations.capnp".subject;
using import "annotations.capnp".category;
using import "annotations.capnp".optional;
using import "annotations.capnp".codes;
using import "annotations.capnp".refers;
using import "annotations.capnp".limit;

struct Date {
  # A civil day. JSON: "2026-02-15".
  days @0 :Int32;  # since 1970-01-01
}

struct Time {
  # An instant. JSON: RFC 3339 with zone, "2026-02-15T08:30:00+08:00".
  micros @0 :Int64;  # since 1970-01-01T00:00:00Z
}

struct PartialDate {
  # A day as far as it is known. JSON: "2015", "2015-03" or "2015-03-01"; never more than was said.
  days @0 :Int32;  # of the first day it could be
  precision @1 :Precision;
}

enum Precision {
  unspecified @0;
  exact @1 $label(zh = "准确", en = "exact");
  day @2 $label(zh = "到日", en = "day");
  month @3 $label(zh = "到月", en = "month");
  year @4 $label(zh = "到年", en = "year");
  unknown @5 $label(zh = "不详", en = "unknown");
}

enum YesNo {
  # JSON: true, false or "unknown".
  unspecified @0;
  no @1 $label(zh = "否", en = "no");
  yes @2 $label(zh = "是", en = "yes");
  unknown @3 $label(zh = "不详", en = "unknown");
}

struct Code {
  # One code of a code list. JSON: "code", or {"code":"other","text":"…"}.
  code @0 :Text;
  text @1 :Text $optional $sensitive $label(zh = "说明", en = "in words");
}

struct Place {
  # The county is open for lists and statistics, the rest is where somebody can be found.
  admin @0 :Text $refers(adminCode) $label(zh = "行政区划代码", en = "division code");
  address @1 :Text $optional $sensitive $category(whereabouts) $limit(200)
      $label(zh = "详细地址", en = "address");
}

struct Id {
  # 128 bits, opaque. JSON: 32 hexadecimal digits.
  hi @0 :UInt64;
  lo @1 :UInt64;
}

struct Person {
  # The person of the case or somebody known to it (row 9b). JSON: "self" or the reference.
  union {
    unspecified @0 :Void;
    self @1 :Void;
    related @2 :Id;
  }
}

struct EventRef {
  # An event, by its place in its stream. JSON: "12" in the same case, "CASE/12" in another.
  stream @0 :Id;       # absent: the same case
  sequence @1 :UInt32; # from 1
  # What the owner saw there when it decided; 0: the same case, or nothing was decided on it.
  version @2 :UInt64;
  offset @3 :UInt64;
}

struct Attachment {
  # A sealed file beside the log, named by the SHA-256 of its ciphertext. JSON: 64 hex digits.
  sha256 @0 :Data;
}

struct Document {
  # A paper that proves or orders something.
  kind @0 :Text $limit(60) $label(zh = "文书种类", en = "kind");
  number @1 :Text $optional $personal $limit(80) $label(zh = "文号", en = "number");
  date @2 :Date $optional $label(zh = "日期", en = "date");
  issuer @3 :Text $optional $limit(80) $label(zh = "出具单位", en = "issued by");
  scan @4 :Attachment $optional $sensitive $label(zh = "扫描件", en = "scan");
}

struct OnBehalfOf {
  # A body without an account for which somebody of ours records.
  unit @0 :Text $limit(80) $label(zh = "单位", en = "body");
  name @1 :Text $optional $personal $subject("other") $limit(60) $label(zh = "姓名", en = "name");
  letter @2 :Document $optional $label(zh = "函件", en = "letter");
}
