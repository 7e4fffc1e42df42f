"""What `_apache` shows of itself, run inside an interpreter of our own by tests/objects.rs."""

import _apache

assert _apache.interpreter == NAME, _apache.interpreter  # noqa: F821
assert _apache.replica == 0
assert issubclass(_apache.SERVER_RETURN, Exception) and _apache.SERVER_RETURN.__module__ == "_apache"
assert (_apache.AP_CONN_KEEPALIVE, _apache.APR_REG, _apache.APR_UNKFILE) == (2, 1, 127)
assert _apache.MODULE_MAGIC_NUMBER_MAJOR == 20120211

for name in ("mp_request", "mp_conn", "mp_server", "mp_hlist", "mp_finfo"):
    made = getattr(_apache, name)
    assert repr(made) == f"<class '{name}'>", repr(made)
    try:
        made()
    except TypeError as refused:
        assert f"cannot create '{name}' instances" in str(refused), refused
    else:
        raise AssertionError(name)

for name in ("uri", "headers_out", "status", "connection", "write", "register_cleanup"):
    assert name in dir(_apache.mp_request), name
try:
    _apache.log_error(7)
except TypeError as refused:
    assert "expected str" in str(refused), refused
