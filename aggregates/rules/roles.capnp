@0xc7a1f0d3b2e94524;
# The roles that a new installation begins with, as the events that set them (row 93). A city
# changes them in its registry; nothing here is known to the code.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("guitu::aggregates::shipped");
using Registry = import "/events/schema/registry.capnp";

const roles :List(Registry.RoleSet) = [
  (role = "administrator", acts = ["71", "90", "91", "92", "93", "107f"],
   scope = city, administers = yes),
  (role = "caseworker",
   acts = ["5", "7", "9b", "11", "11b", "12",
   "15", "16", "17", "25", "31", "32", "33", "34", "35", "41",
           "56", "57", "58", "60", "61", "76", "98", "98b"],
   classes = [identity, contact, history, health, family, legal, finance, whereabouts],
   purposes = [(code = "rescue"), (code = "aftercare"), (code = "tracing"), (code = "placement"),
               (code = "household"),
               (code = "medical"), (code = "schooling"), (code = "employment")],
   scope = county),
  (role = "police",
   acts = ["4", "7", "9b", "11", "12", "15", "16", "26", "27", "31", "42", "61", "98", "98b"],
   classes = [identity, contact, history, family, legal, whereabouts],
   purposes = [(code = "rescue"), (code = "tracing"), (code = "household")],
   scope = county),
  (role = "legal-aid",
   acts = ["61", "62", "65", "98", "98b"],
   classes = [legal],
   purposes = [(code = "legal-aid")],
   scope = county),
  (role = "school-contact", acts = ["51", "58", "61", "98", "98b"],
   classes = [identity], purposes = [(code = "schooling")], scope = county),
  (role = "head",
   acts = ["76", "98", "98b"],
   classes = [identity, contact, history, health, family, legal, finance, whereabouts],
   purposes = [(code = "supervision"), (code = "aftercare")],
   scope = county),
  (role = "office", acts = ["5", "71", "98", "98b"],
   classes = [], purposes = [(code = "supervision"), (code = "statistics")], scope = city),
  (role = "auditor", acts = [],
   classes = [legal], purposes = [(code = "audit"), (code = "supervision")],
   scope = city, audits = yes),
];
