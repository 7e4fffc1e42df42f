/* What mod_python offers to other modules of httpd: a way into its interpreters, and its objects for httpd's records.
 *
 *     APR_OPTIONAL_FN_TYPE(mp_acquire_interpreter) *acquire = APR_RETRIEVE_OPTIONAL_FN(mp_acquire_interpreter);
 *
 * Retrieve them in a hook (optional_fn_retrieve or later); they are NULL when mod_python is not loaded. Call them in
 * httpd's children only, on the thread that runs the request, from code that is not attached to Python otherwise.
 * Compile against the Python that mod_python was built for.
 */
#ifndef MOD_PYTHON_H
#define MOD_PYTHON_H

#include <Python.h>

#include <apr_optional.h>
#include <httpd.h>

/* Enter the interpreter of that name, made at its first use; NULL is the main one. The calling thread is attached to it
 * until mp_release_interpreter. Pairs may be nested. NULL when there is none: the error log says why, nothing is to be
 * released then. */
APR_DECLARE_OPTIONAL_FN(PyInterpreterState *, mp_acquire_interpreter, (const char *name));

/* Leave the interpreter entered last. */
APR_DECLARE_OPTIONAL_FN(void, mp_release_interpreter, (void));

/* New references to the Python objects of httpd's records in the interpreter entered last; NULL with an exception set
 * (without one when no interpreter is entered). Request and connection can be used until mp_release_interpreter; kept
 * longer, they raise RuntimeError until httpd lends them to Python again. */
APR_DECLARE_OPTIONAL_FN(PyObject *, mp_get_request_object, (request_rec *r));
APR_DECLARE_OPTIONAL_FN(PyObject *, mp_get_server_object, (server_rec *s));
APR_DECLARE_OPTIONAL_FN(PyObject *, mp_get_connection_object, (conn_rec *c));

#endif
