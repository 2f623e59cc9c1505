#include <gtest/gtest.h>
#include "events/catalogue.h"
TEST(X,Y){ EXPECT_GT(guitu::events::Catalogue::Get().types().size(), 5u); }
