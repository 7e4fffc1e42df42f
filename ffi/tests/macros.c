/* The macros as the C compiler reads them from the installed headers; tests/macros.rs compares them. */
#include <apr_buckets.h>
#include <httpd.h>
#include <http_config.h>

#define RETURNS(type, name, arg) \
    type c_##name(arg e) { return (type)name(e); }
#define TAKES_TWO(name, a, b) \
    void c_##name(a x, b y) { name(x, y); }

RETURNS(void *, APR_BRIGADE_SENTINEL, apr_bucket_brigade *)
RETURNS(void *, APR_BRIGADE_FIRST, apr_bucket_brigade *)
RETURNS(void *, APR_BRIGADE_LAST, apr_bucket_brigade *)
RETURNS(void *, APR_BUCKET_NEXT, apr_bucket *)
RETURNS(void *, APR_BUCKET_PREV, apr_bucket *)
RETURNS(int, APR_BRIGADE_EMPTY, apr_bucket_brigade *)
RETURNS(int, APR_BUCKET_IS_METADATA, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_EOS, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_FLUSH, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_FILE, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_HEAP, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_POOL, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_TRANSIENT, apr_bucket *)
RETURNS(int, APR_BUCKET_IS_IMMORTAL, apr_bucket *)

TAKES_TWO(APR_BRIGADE_INSERT_HEAD, apr_bucket_brigade *, apr_bucket *)
TAKES_TWO(APR_BRIGADE_INSERT_TAIL, apr_bucket_brigade *, apr_bucket *)
TAKES_TWO(APR_BRIGADE_CONCAT, apr_bucket_brigade *, apr_bucket_brigade *)
TAKES_TWO(APR_BUCKET_INSERT_BEFORE, apr_bucket *, apr_bucket *)
TAKES_TWO(APR_BUCKET_INSERT_AFTER, apr_bucket *, apr_bucket *)

void c_APR_BUCKET_REMOVE(apr_bucket *e) { APR_BUCKET_REMOVE(e); }
void c_APR_BUCKET_INIT(apr_bucket *e) { APR_BUCKET_INIT(e); }
void c_apr_bucket_delete(apr_bucket *e) { apr_bucket_delete(e); }

void *c_ap_get_module_config(const ap_conf_vector_t *v, const module *m) { return ap_get_module_config(v, m); }
void c_ap_set_module_config(ap_conf_vector_t *v, const module *m, void *x) { ap_set_module_config(v, m, x); }

int c_ap_get_server_module_loglevel(const server_rec *s, int i) { return ap_get_server_module_loglevel(s, i); }
int c_ap_get_conn_module_loglevel(const conn_rec *c, int i) { return ap_get_conn_module_loglevel(c, i); }
int c_ap_get_request_module_loglevel(const request_rec *r, int i) { return ap_get_request_module_loglevel(r, i); }

const module c_STANDARD20_MODULE_STUFF = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, NULL, 0};
