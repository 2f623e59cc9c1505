@0xc7a1f0d3b2e94503;
# One record of the log: frame, meta and payload, hashed apart (protocol.md, section 2). This is
# the format on disk and on the wire for twenty years: add, never change, never renumber.
#
# Bytes of a record: a header of 16 bytes, little endian: magic "GTU1", then the lengths of frame,
# meta and payload as 32-bit numbers; then the three parts, each one Cap'n Proto segment without a
# segment table (events/record.h).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");
using import "annotations.capnp".Category;
using import "values.capnp".Id;
using import "values.capnp".Document;
using import "values.capnp".OnBehalfOf;
using import "values.capnp".Precision;
using import "values.capnp".YesNo;
using import "annotations.capnp".optional;
using import "annotations.capnp".label;

enum Kind {
  unspecified @0;
  genesis @1;
  fence @2;
  commit @3;
  access @4;           # rows 81 and 103
  sibling @5;          # the other sibling rows
  registryAdopted @6;
  logRestored @7;
}

struct Frame {
  # Exactly what the fold of effect reads (events/effect.h), so that it can be shown to strangers
  # in a proof of completeness without showing who did what.
  format @0 :UInt16;
  kind @1 :Kind;
  generation @2 :UInt32;      # of the log: 1 at birth, + 1 with each LogRestored in effect
  epoch @3 :UInt64;
  logId :group { hi @4 :UInt64; lo @5 :UInt64; }
  nonce :group { hi @6 :UInt64; lo @7 :UInt64; }
  basisOffset @8 :UInt64;     # number of records that the writer had folded
  basisChain :group { a @9 :UInt64; b @10 :UInt64; c @11 :UInt64; d @12 :UInt64; }
  stream :group { hi @13 :UInt64; lo @14 :UInt64; }
  expectedVersion @15 :UInt64;
  commandId :group { hi @16 :UInt64; lo @17 :UInt64; }
  requestHash :group { a @18 :UInt64; b @19 :UInt64; }
  registryOffset @20 :UInt64; # adoption it was decided under; of RegistryAdopted: the new one
  cancels @21 :Bool;          # a cancel (U5): takes the command id, carries no events
  genesis @22 :Genesis;       # only in a Genesis
  fence @23 :Fence;           # only in a Fence
}

struct Genesis {
  partition @0 :UInt32;   # this one; the registry partition has the number `partitions`
  partitions @1 :UInt32;  # N, for cases
  salt @2 :Data;          # 32 bytes, for case ids
  suite @3 :Text;         # "intl" or "gm"
  synthetic @4 :Bool;     # invented persons only: settable clock, no suspect-clock check
}

struct Fence {
  groupGeneration @0 :UInt64;  # a hint only, no part of F1
  owner @1 :Text;              # id of the process
  address @2 :Text;            # where it answers
}

struct Meta {
  # What happened without what was said. Not read by the fold of effect.
  recordedAt @0 :Int64;    # microseconds since 1970 UTC; never earlier than the record before it
  actor @1 :Text;          # staff id, never a name; "system" for acts of the software
  unit @2 :Text;
  role @3 :Text;
  formatLevel @4 :UInt16;
  eventTypes @5 :List(UInt16);
  correlation @6 :Text;    # opaque, from the client
}

struct Payload {
  events @0 :List(Event);
}

struct Event {
  type @0 :UInt16;            # see EventInfo.number
  occurredAt @1 :Int64;       # microseconds since 1970 UTC; claimed by the recorder
  circumstances @2 :AnyPointer;  # a Circumstances, its open fields
  data @3 :AnyPointer;        # the struct of the type, its open fields
  boxes @4 :List(Box);
}

struct Circumstances {
  # What every event may carry beside its own fields.
  occurredPrecision @0 :Precision $optional $label(zh = "时间精度", en = "precision of the time");
  source @1 :Document $optional $label(zh = "来源文书", en = "source document");
  onBehalfOf @2 :OnBehalfOf $optional $label(zh = "代录单位", en = "on behalf of");
  legacy @3 :YesNo $optional $label(zh = "历史补录", en = "from a paper file");
}

struct Box {
  # The same structs with only the fields of one (subject, category), sealed. Associated data: log
  # id, stream, command id, index of the event, subject, category, suite, key id.
  subject @0 :Id;
  category @1 :Category;
  suite @2 :UInt8;       # 1 XChaCha20-Poly1305 with key commitment
  keyId @3 :Id;
  sealed @4 :Data;       # nonce, commitment, ciphertext with tag
}

struct BoxContent {
  circumstances @0 :AnyPointer;  # a Circumstances
  data @1 :AnyPointer;           # the struct of the type
}
