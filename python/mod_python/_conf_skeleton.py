"""What `httpdconf.write_basic_config` and `mod_python create` write: the configuration script of a new server.

Outside httpd only: makes directories and files, tells of it on stderr.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from mod_python import _conf_parts as parts
from mod_python import httpdconf as conf
from mod_python._installation import find_httpd, find_module

_MODULES = (
    *("authn_file", "authn_core", "authz_host", "authz_groupfile", "authz_user", "authz_core", "access_compat"),
    *("auth_basic", "reqtimeout", "include", "filter", "mime", "log_config", "env", "headers", "setenvif", "version"),
    *("unixd", "status", "autoindex", "dir", "alias"),
)
_COMBINED = r'"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined'
_HEAD = "Written by mod_python; made of httpd_conf.py by `mod_python genconfig`. Change that file, not this one."


def tree(
    server_root: str,
    listen: str,
    conf_dir: str,
    logs: str,
    htdocs: str,
    handler: str,
    path: Sequence[str],
    options: Sequence[str],
    comments: Sequence[str],
) -> conf.Container:
    """The whole configuration of a server that answers every request by `handler`."""
    httpd = find_httpd()
    main = conf.Container(
        conf.ServerRoot(parts.quoted(server_root)),
        parts.children_of(parts.ordinary_user()),
        conf.MaxConnectionsPerChild("65536"),
        conf.LogFormat(_COMBINED),
        conf.CustomLog(f"{parts.quoted(f'{logs}/access_log')} combined"),
        conf.ErrorLog(parts.quoted(f"{logs}/error_log")),
        conf.LogLevel("warn"),
        conf.PidFile(parts.quoted(f"{logs}/httpd.pid")),
        conf.DefaultRuntimeDir(parts.quoted(logs)),
        conf.TypesConfig(parts.quoted(f"{conf_dir}/mime.types")),
        conf.ServerName("127.0.0.1"),
        conf.Listen(listen),
        conf.DocumentRoot(parts.quoted(os.path.join(server_root, htdocs))),
    )
    modules = conf.Container(parts.load_mpm(httpd), parts.load(httpd, _MODULES))
    return conf.Container(conf.Comment(_HEAD), modules, main, _python(handler, path, options, comments))


def _python(handler: str, path: Sequence[str], options: Sequence[str], comments: Sequence[str]) -> conf.Container:
    made = conf.Container(
        conf.Comment("mod_python"),
        parts.load_python(find_module()),
        conf.SetHandler("mod_python"),
        conf.Comment("PythonDebug On"),
        conf.PythonHandler(handler),
    )
    if path:
        made.append(conf.PythonPath(f'"sys.path+{list(path)}"'))
    for item in (*map(conf.PythonOption, options), *map(conf.Comment, comments)):
        made.append(item)
    return made


def write(configuration: conf.Container, script: str, folders: Iterable[str], replace: bool) -> str | None:
    """Write the script, after making `folders`; its path, or None when it is there already and not to be replaced."""
    if os.path.exists(script) and not replace:
        _say(f"{script} exists already and stays as it is")
        return None
    for folder in folders:
        _make(Path(folder))
    _copy_types(Path(script).parent)
    source = (
        f"#!{sys.executable}\n# Prints the configuration of httpd.\n\n"
        f"from mod_python.httpdconf import *\n\nconf = {configuration!r}\n\nprint(conf, end='')\n"
    )
    Path(script).write_text(source)
    _say(f"wrote {script}")
    return script


def _make(folder: Path) -> None:
    if folder.exists():
        _say(f"{folder} exists already")
    else:
        folder.mkdir()
        _say(f"made {folder}")


def _copy_types(folder: Path) -> None:
    """httpd wants a list of content types; the system's own, or an empty one."""
    for source in (find_httpd().sysconfdir / "mime.types", Path("/etc/mime.types")):
        if source.exists():
            shutil.copy(source, folder)
            return
    (folder / "mime.types").touch()


def _say(text: str) -> None:
    print(text, file=sys.stderr)
