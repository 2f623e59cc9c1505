// The cheapest answers this server can give, for measuring the floor that HTTP itself sets.
#pragma once

#include "adapters/http/router.h"

namespace guitu::http {

// GET /echo answers "{}"; POST /echo answers the request's JSON body. Both at once, on the socket
// thread.
void AddEcho(Router* router);

}  // namespace guitu::http
