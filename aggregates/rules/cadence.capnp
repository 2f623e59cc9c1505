@0xc7a1f0d3b2e94531;
# The visit cadence as shipped, version 1: own figures, not law (domain text: neither the plan,
# 19(1) and 19(4), nor any text read gives one). A row 97 like any that civil affairs publishes
# later.
#
# Days from admission, placement or return; the densest type wins. Month m of a year counts 30 m
# days and a year 365, so month 3 is day 90, month 18 is day 545. The grace is 0 days for steps up
# to day 7, 3 up to day 30, 7 beyond, and the window opens as many days before the due day; a
# repeated step counts by its interval.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::aggregates::shipped");
using Cadence = import "/events/schema/registry.capnp".CadencePublished;

const cadence :Cadence = (version = 1, from = (days = 18628), types = [
  (id = "C1", zh = "回归父母的儿童", en = "child back with parents",
    steps = [
      (day = 3, window = 0, grace = 0), (day = 7, window = 0, grace = 0),
      (day = 15, window = 3, grace = 3), (day = 30, window = 3, grace = 3),
      (day = 60, window = 7, grace = 7), (day = 90, window = 7, grace = 7),
      (day = 120, window = 7, grace = 7), (day = 150, window = 7, grace = 7),
      (day = 180, window = 7, grace = 7), (day = 270, window = 7, grace = 7),
      (day = 365, window = 7, grace = 7), (day = 455, window = 7, grace = 7),
      (day = 545, window = 7, grace = 7), (day = 635, window = 7, grace = 7),
      (day = 730, window = 7, grace = 7)
    ],
    ends = (afterDays = 730, countedFrom = start, needs = [riskLow]),
    who = ["CDR", "MCA"],
    conditions = [everySecondUnannounced]),
  (id = "C2", zh = "亲属或寄养照料的儿童", en = "child with kin or foster family",
    steps = [
      (day = 3, window = 0, grace = 0), (day = 7, window = 0, grace = 0),
      (day = 15, window = 3, grace = 3), (day = 30, window = 3, grace = 3),
      (day = 60, window = 7, grace = 7), (day = 90, window = 7, grace = 7),
      (day = 120, window = 7, grace = 7), (day = 150, window = 7, grace = 7),
      (day = 180, window = 7, grace = 7), (day = 210, window = 7, grace = 7),
      (day = 240, window = 7, grace = 7), (day = 270, window = 7, grace = 7),
      (day = 300, window = 7, grace = 7), (day = 330, window = 7, grace = 7),
      (day = 365, window = 7, grace = 7)
    ],
    repeat = (day = 90, window = 7, grace = 7),
    ends = (afterDays = 365, countedFrom = placementEnd),
    who = ["MCA"]),
  (id = "C3", zh = "机构内的儿童", en = "child in an institution",
    steps = [
      (day = 3, window = 0, grace = 0), (day = 30, window = 3, grace = 3),
      (day = 90, window = 7, grace = 7), (day = 180, window = 7, grace = 7),
      (day = 270, window = 7, grace = 7), (day = 365, window = 7, grace = 7)
    ],
    repeat = (day = 90, window = 7, grace = 7),
    ends = (orOn = [leftInstitution]),
    who = ["MCA", "WF", "CYL"],
    conditions = [fromOutside]),
  (id = "A1", zh = "回家的成年人", en = "adult returned home",
    steps = [
      (day = 7, window = 0, grace = 0), (day = 30, window = 3, grace = 3),
      (day = 90, window = 7, grace = 7), (day = 180, window = 7, grace = 7),
      (day = 365, window = 7, grace = 7), (day = 545, window = 7, grace = 7),
      (day = 730, window = 7, grace = 7)
    ],
    ends = (afterDays = 730, countedFrom = start, orOn = [ownWish]),
    who = ["MCA", "WF"]),
  (id = "A2", zh = "在他处的成年人", en = "adult elsewhere",
    steps = [
      (day = 7, window = 0, grace = 0), (day = 30, window = 3, grace = 3),
      (day = 90, window = 7, grace = 7), (day = 180, window = 7, grace = 7),
      (day = 365, window = 7, grace = 7)
    ],
    ends = (afterDays = 365, countedFrom = start, orOn = [ownWish]),
    who = ["MCA"],
    conditions = [safeChannel]),
  (id = "A3", zh = "仍与收买人同住的成年人", en = "adult living on with the buyer",
    steps = [
      (day = 3, window = 0, grace = 0), (day = 7, window = 0, grace = 0),
      (day = 14, window = 3, grace = 3), (day = 30, window = 3, grace = 3),
      (day = 60, window = 7, grace = 7), (day = 90, window = 7, grace = 7),
      (day = 120, window = 7, grace = 7), (day = 150, window = 7, grace = 7),
      (day = 180, window = 7, grace = 7), (day = 210, window = 7, grace = 7),
      (day = 240, window = 7, grace = 7), (day = 270, window = 7, grace = 7),
      (day = 300, window = 7, grace = 7), (day = 330, window = 7, grace = 7),
      (day = 365, window = 7, grace = 7), (day = 455, window = 7, grace = 7),
      (day = 545, window = 7, grace = 7), (day = 635, window = 7, grace = 7),
      (day = 730, window = 7, grace = 7)
    ],
    ends = (afterDays = 730, countedFrom = start),
    who = ["WF", "MCA"],
    conditions = [twoWomen, aloneWithHer, policeTold, wishAsked]),
  (id = "A4", zh = "无完全行为能力的成年人", en = "adult without full capacity",
    steps = [
      (day = 3, window = 0, grace = 0), (day = 7, window = 0, grace = 0),
      (day = 30, window = 3, grace = 3), (day = 60, window = 7, grace = 7),
      (day = 90, window = 7, grace = 7), (day = 120, window = 7, grace = 7),
      (day = 150, window = 7, grace = 7), (day = 180, window = 7, grace = 7),
      (day = 210, window = 7, grace = 7), (day = 240, window = 7, grace = 7),
      (day = 270, window = 7, grace = 7), (day = 300, window = 7, grace = 7),
      (day = 330, window = 7, grace = 7), (day = 365, window = 7, grace = 7)
    ],
    repeat = (day = 90, window = 7, grace = 7),
    ends = (orOn = [guardianshipEnded]),
    who = ["MCA", "DPF"]),
  (id = "S", zh = "在校（叠加）", en = "at school, on top",
    steps = [
      (day = 7, window = 0, grace = 0), (day = 30, window = 3, grace = 3)
    ],
    ends = (afterDays = 730, countedFrom = start, orOn = [stageEnded]),
    who = ["EDU"],
    termBounds = yes, onTop = yes),
  (id = "H", zh = "高风险（叠加）", en = "risk high, on top",
    steps = [
      (day = 7, window = 0, grace = 0), (day = 14, window = 3, grace = 3),
      (day = 21, window = 3, grace = 3), (day = 28, window = 3, grace = 3),
      (day = 42, window = 7, grace = 7), (day = 56, window = 7, grace = 7),
      (day = 70, window = 7, grace = 7), (day = 84, window = 7, grace = 7),
      (day = 120, window = 7, grace = 7), (day = 150, window = 7, grace = 7),
      (day = 180, window = 7, grace = 7), (day = 210, window = 7, grace = 7),
      (day = 240, window = 7, grace = 7), (day = 270, window = 7, grace = 7),
      (day = 300, window = 7, grace = 7), (day = 330, window = 7, grace = 7),
      (day = 365, window = 7, grace = 7)
    ],
    ends = (needs = [riskBelowHigh, approved]),
    who = ["MCA", "PSB"],
    onTop = yes, reassessDays = 30),
  (id = "F", zh = "外籍，中转中", en = "foreign, in transit",
    steps = [
      (day = 3, window = 0, grace = 0)
    ],
    repeat = (day = 3, window = 0, grace = 0),
    ends = (orOn = [leftInstitution]),
    who = ["STA", "FAO"],
    afterEnd = [(day = 30, window = 3, grace = 3)]),
  (id = "D", zh = "随行子女", en = "dependent child",
    ends = (orOn = [turned18]),
    who = ["CDR"],
    plus = ["S"], asMother = yes)
]);
