@0xc7a1f0d3b2e94501;
# What a field or an event type means to everything that is drawn from the schema: sealing, masking,
# JSON, forms, OpenAPI, documentation, and who may record. Written once here, read by reflection
# (events/catalogue.h); nothing of it is repeated by hand elsewhere.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::schema");

struct Label {
  # What a person sees. Both languages always.
  zh @0 :Text;
  en @1 :Text;
}

enum Mode {
  # How a command with this event meets the version of its stream (contract.md, If-Match).
  expected @0;  # If-Match with the version ($additive: "*" is accepted too)
  sibling @1;   # access and notice stream of the case; version of the case stays
  software @2;  # made by the software only, once per cause
}

enum Category {
  # The class of data a field belongs to: one sealed box per (event, subject, category), and the
  # unit in which rights are given (fields.md, CLASS). Never renumber.
  unspecified @0;
  identity @1;
  contact @2;
  history @3;
  health @4;
  family @5;
  legal @6;
  finance @7;
  whereabouts @8;
}

enum Stages {
  # Where in the life of a stream an event type may stand (events.md, "First event of a stream",
  # "A closed case").
  openCase @0;       # only after 5 CaseOpened and before 79 CaseClosed
  beforeOpening @1;  # also before 5
  first @2;          # also as the first event of a stream
  registry @3;       # not in a case: a stream of the registry partition
  sibling @4;        # the access and notice stream of a case
  partition @5;      # about the partition itself, in no stream
}

struct EventInfo {
  number @0 :Text;       # the row of the catalogue, "4", "9b", "107g"; gives the type id for ever
  mode @1 :Mode;
  stages @2 :Stages;
  whenClosed @3 :Bool;   # accepted by a closed case without reopening
  approval @4 :Bool;     # "+A": a second person approves (R58)
  forms @5 :Bool = true; # a person fills it in; false: only the software makes it
}

enum Refers {
  # What the text of a field names, where the type alone does not say it.
  nothing @0;
  unit @1;        # code of a unit, `plan.md`
  staff @2;       # id of a member of staff, never a name
  eventRow @3;    # number of a row of the catalogue
  role @4;        # name of a role
  adminCode @5;   # administrative division code, GB/T 2260, 6 digits at least
}

annotation event @0xa0c1e6d5f3b70001 (struct) :EventInfo;
annotation label @0xa0c1e6d5f3b70002 (struct, field, enum, enumerant, annotation) :Label;
annotation personal @0xa0c1e6d5f3b70003 (field) :Void;
# Personal data: sealed under the subject's key. Under 14 it counts as sensitive (PIPL 28).
annotation sensitive @0xa0c1e6d5f3b70004 (field) :Void;
# Sensitive personal data (PIPL 28): sealed, and shown only for a purpose that needs it.
annotation subject @0xa0c1e6d5f3b70005 (field) :Text;
# Whose key seals the field. Absent: the person of the case. A name: the person that the sibling
# field of that name refers to. "other": somebody without a reference, who gets a key of his own.
annotation category @0xa0c1e6d5f3b70006 (struct, field) :Category;
# On a field: its class. On a struct: the class of its fields that name none.
annotation article @0xa0c1e6d5f3b70007 (struct, field) :Text;
# Where law or plan asks for it.
annotation recordedBy @0xa0c1e6d5f3b70008 (struct) :List(Text);
# Units that may record: codes of `plan.md`, or "ALL", "CASE" (units with the case), "ADM", "DPO",
# "SYS", "OFFICE" (OFF and county OFF), "MEM", "COU".
annotation additive @0xa0c1e6d5f3b70009 (struct) :Void;
# Accepts If-Match: * and is then decided on the current state.
annotation codes @0xa0c1e6d5f3b7000a (field) :Text;
# The code list whose codes the field takes.
annotation optional @0xa0c1e6d5f3b7000b (field) :Void;
# May be left out; every other field must be there. "Unknown" is a value, not an absence.
annotation filledIn @0xa0c1e6d5f3b7000c (field) :Void;
# The software writes it; a client that sends it is refused.
annotation refers @0xa0c1e6d5f3b7000d (field) :Refers;
annotation rows @0xa0c1e6d5f3b7000e (field) :List(Text);
# On an EventRef: the rows the event referred to may be of.
annotation limit @0xa0c1e6d5f3b7000f (field) :UInt32;
# Most characters of a text, most elements of a list. Default 4000 characters, 100 elements.
annotation unit @0xa0c1e6d5f3b70010 (field) :Text;
# Unit of a number: "years", "CNY fen", "minutes", "days".
