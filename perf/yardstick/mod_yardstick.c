/* The yardstick: what a C module in the same httpd needs to send twelve bytes.
 *
 * Two content handlers send the same reply; every figure of perf/ is a ratio to the faster of them:
 *
 *   SetHandler yardstick        the handler returns and httpd's end of request sends the reply
 *   SetHandler yardstick-flush  ap_rflush() sends it before the handler returns, so that the next request of a
 *                               keep-alive client finds its worker still awake
 *
 * Build: apxs -c mod_yardstick.c
 */
#include "httpd.h"
#include "http_config.h"
#include "http_protocol.h"

static int hello(request_rec *r)
{
    ap_set_content_type(r, "text/plain");
    ap_set_content_length(r, 12);
    ap_rwrite("hello world\n", 12, r);
    return OK;
}

static int yardstick_handler(request_rec *r)
{
    if (!r->handler) {
        return DECLINED;
    }
    if (!strcmp(r->handler, "yardstick")) {
        return hello(r);
    }
    if (!strcmp(r->handler, "yardstick-flush")) {
        hello(r);
        ap_rflush(r);
        return OK;
    }
    return DECLINED;
}

static void register_hooks(apr_pool_t *p)
{
    ap_hook_handler(yardstick_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(yardstick) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
};
