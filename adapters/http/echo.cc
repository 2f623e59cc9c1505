#include "adapters/http/echo.h"

#include <utility>

namespace guitu::http {

void AddEcho(Router* router) {
  router->Add("GET", "/echo", [](Request, const Responder& answer) {
    Response response;
    response.body = "{}";
    answer(std::move(response));
  });
  router->Add("POST", "/echo", [](Request request, const Responder& answer) {
    Response response;
    response.body = std::move(request.body);
    answer(std::move(response));
  });
}

}  // namespace guitu::http
