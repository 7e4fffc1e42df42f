/* The yardstick: what a C module in the same httpd needs to send twelve bytes, or as many as the query string says.
 *
 * Two content handlers send the same reply; every figure of perf/ is a ratio to the faster of them:
 *
 *   SetHandler yardstick        the handler returns and httpd's end of request sends the reply
 *   SetHandler yardstick-flush  ap_rflush() sends it before the handler returns, so that the next request of a
 *                               keep-alive client finds its worker still awake
 *
 * Of a POST the body is read first, and thrown away.
 *
 * Build: apxs -c mod_yardstick.c
 */
#include "httpd.h"
#include "http_config.h"
#include "http_protocol.h"
#include <stdlib.h>

#define LARGEST (1 << 20)

static char block[LARGEST];

/* Read what the client sends, as a handler that parses it must. */
static int read_body(request_rec *r)
{
    char part[8192];
    int status = ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK);
    if (status != OK) {
        return status;
    }
    if (ap_should_client_block(r)) {
        while (ap_get_client_block(r, part, sizeof part) > 0) {
        }
    }
    return OK;
}

static int reply(request_rec *r, const char *data, int length)
{
    ap_set_content_type(r, "text/plain");
    ap_set_content_length(r, length);
    ap_rwrite(data, length, r);
    return OK;
}

static int answer(request_rec *r)
{
    int wanted;
    if (!r->args) {
        return reply(r, "hello world\n", 12);
    }
    if (r->method_number == M_POST) {
        int status = read_body(r);
        if (status != OK) {
            return status;
        }
    }
    wanted = atoi(r->args);
    return reply(r, block, wanted < 0 || wanted > LARGEST ? LARGEST : wanted);
}

static int yardstick_handler(request_rec *r)
{
    if (!r->handler) {
        return DECLINED;
    }
    if (!strcmp(r->handler, "yardstick")) {
        return answer(r);
    }
    if (!strcmp(r->handler, "yardstick-flush")) {
        int status = answer(r);
        ap_rflush(r);
        return status;
    }
    return DECLINED;
}

static void register_hooks(apr_pool_t *p)
{
    memset(block, 'x', sizeof block);
    ap_hook_handler(yardstick_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(yardstick) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
};
