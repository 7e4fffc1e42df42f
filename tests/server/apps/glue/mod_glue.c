/* A module of httpd that uses mod_python's optional functions: its handler runs what the query says in Python. */
#include <mod_python.h>

#include <apr_strings.h>
#include <http_config.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_script.h>

static APR_OPTIONAL_FN_TYPE(mp_acquire_interpreter) *acquire;
static APR_OPTIONAL_FN_TYPE(mp_release_interpreter) *release;
static APR_OPTIONAL_FN_TYPE(mp_get_request_object) *request_object;
static APR_OPTIONAL_FN_TYPE(mp_get_server_object) *server_object;
static APR_OPTIONAL_FN_TYPE(mp_get_connection_object) *connection_object;

static void retrieve(void)
{
    acquire = APR_RETRIEVE_OPTIONAL_FN(mp_acquire_interpreter);
    release = APR_RETRIEVE_OPTIONAL_FN(mp_release_interpreter);
    request_object = APR_RETRIEVE_OPTIONAL_FN(mp_get_request_object);
    server_object = APR_RETRIEVE_OPTIONAL_FN(mp_get_server_object);
    connection_object = APR_RETRIEVE_OPTIONAL_FN(mp_get_connection_object);
}

/* glue.<function>(req, server, conn) in the interpreter entered last, as text; the exception's text if it raises one. */
static const char *call(request_rec *r, const char *function)
{
    PyObject *module = PyImport_ImportModule("glue");
    PyObject *result = module ? PyObject_CallMethod(module, function, "NNN", request_object(r), server_object(r->server),
                                                    connection_object(r->connection))
                              : NULL;
    PyObject *text;
    const char *copy;
    if (!result) {
        result = PyErr_GetRaisedException();
    }
    text = PyObject_Str(result);
    copy = apr_pstrdup(r->pool, PyUnicode_AsUTF8(text));
    Py_XDECREF(text);
    Py_XDECREF(result);
    Py_XDECREF(module);
    return copy;
}

/* GET /function?outer&inner: the function in the interpreter `outer`; within that, if it is named, in `inner`. */
static int handler(request_rec *r)
{
    const char *function, *inner;
    char *outer;
    if (strcmp(r->handler, "glue")) {
        return DECLINED;
    }
    if (!acquire || !release || !request_object || !server_object || !connection_object) {
        return HTTP_NOT_IMPLEMENTED;
    }
    function = strrchr(r->uri, '/') + 1;
    outer = apr_pstrdup(r->pool, r->args ? r->args : "");
    inner = strchr(outer, '&') ? apr_strtok(outer, "&", &outer) : NULL;
    if (inner) {
        const char *swap = inner;
        inner = outer;
        outer = (char *)swap;
    }
    if (request_object(r)) {
        return HTTP_CONFLICT; /* nothing is entered yet */
    }
    if (!acquire(*outer ? outer : NULL)) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    ap_rputs(call(r, function), r);
    if (inner && acquire(inner)) {
        ap_rprintf(r, "\n%s", call(r, function));
        release();
        ap_rprintf(r, "\n%s", call(r, function));
    }
    release();
    return OK;
}

static void hooks(apr_pool_t *pool)
{
    ap_hook_optional_fn_retrieve(retrieve, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(handler, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA glue_module = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, hooks};
