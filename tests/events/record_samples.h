// One record of each kind with every field set: the golden files of tests/golden/record are made of
// these, so they never change. A new field: a new sample under a new name.
#pragma once

#include <string>
#include <vector>

#include "events/record.h"

namespace guitu::events {

struct Sample {
  std::string name;
  Frame frame;
};

const std::vector<Sample>& RecordSamples();
MetaFields SampleMeta();
// A payload of one event (row 4) with two boxes.
std::string SamplePayload();
// The sample as a whole record; a kind without events has no payload.
std::string SampleRecord(const Sample& sample);
// Expects every field equal.
void ExpectSameFrame(const Frame& a, const Frame& b);

}  // namespace guitu::events
