"""Configurations of httpd, made in Python: `print(Container(Listen("8080"), Location("/", Require("all granted"))))`.

Pure but for `write_basic_config`, and meant for use outside httpd: by the `mod_python` command, by tests, by the
scripts that `mod_python create` writes. A new directive or section is a row below. A directive takes the whole of its
arguments as one value and quotes nothing by itself.
"""

import os as _os
from collections.abc import Sequence as _Sequence

from mod_python._conf_items import Comment as Comment
from mod_python._conf_items import Container as Container
from mod_python._conf_items import ContainerTag as ContainerTag
from mod_python._conf_items import Directive as Directive
from mod_python._conf_items import directive as _directive
from mod_python._conf_items import quote_if_space as quote_if_space
from mod_python._conf_items import section as _section
from mod_python._conf_items import switch as _switch

# httpd's directives
AcceptPathInfo = _directive("AcceptPathInfo")
AccessFileName = _directive("AccessFileName")
AddDefaultCharset = _directive("AddDefaultCharset")
AddHandler = _directive("AddHandler")
AddOutputFilter = _directive("AddOutputFilter")
AddType = _directive("AddType")
Alias = _directive("Alias")
AllowOverride = _directive("AllowOverride")
AuthBasicAuthoritative = _directive("AuthBasicAuthoritative")
AuthBasicProvider = _directive("AuthBasicProvider")
AuthName = _directive("AuthName")
AuthType = _directive("AuthType")
CustomLog = _directive("CustomLog")
DefaultRuntimeDir = _directive("DefaultRuntimeDir")
Define = _directive("Define")
DirectoryIndex = _directive("DirectoryIndex")
DocumentRoot = _directive("DocumentRoot")
ErrorLog = _directive("ErrorLog")
GracefulShutdownTimeout = _directive("GracefulShutdownTimeout")
Group = _directive("Group")
Include = _directive("Include")
KeepAliveTimeout = _directive("KeepAliveTimeout")
LimitRequestBody = _directive("LimitRequestBody")
Listen = _directive("Listen")
LoadModule = _directive("LoadModule")
LockFile = _directive("LockFile")
LogFormat = _directive("LogFormat", flips=False)
LogLevel = _directive("LogLevel")
MaxClients = _directive("MaxClients")
MaxConnectionsPerChild = _directive("MaxConnectionsPerChild")
MaxRequestWorkers = _directive("MaxRequestWorkers")
MaxRequestsPerChild = _directive("MaxRequestsPerChild")
MaxSpareServers = _directive("MaxSpareServers")
MaxSpareThreads = _directive("MaxSpareThreads")
MaxThreadsPerChild = _directive("MaxThreadsPerChild")
MinSpareServers = _directive("MinSpareServers")
MinSpareThreads = _directive("MinSpareThreads")
Mutex = _directive("Mutex")
NameVirtualHost = _directive("NameVirtualHost")
NumServers = _directive("NumServers")
Options = _directive("Options")
PidFile = _directive("PidFile")
Protocols = _directive("Protocols")
Require = _directive("Require")
ScriptAlias = _directive("ScriptAlias")
ServerAdmin = _directive("ServerAdmin")
ServerAlias = _directive("ServerAlias")
ServerLimit = _directive("ServerLimit")
ServerName = _directive("ServerName")
ServerPath = _directive("ServerPath")
ServerRoot = _directive("ServerRoot")
SetHandler = _directive("SetHandler")
SetInputFilter = _directive("SetInputFilter")
SetOutputFilter = _directive("SetOutputFilter")
StartServers = _directive("StartServers")
StartThreads = _directive("StartThreads")
ThreadLimit = _directive("ThreadLimit")
ThreadsPerChild = _directive("ThreadsPerChild")
Timeout = _directive("Timeout")
TypesConfig = _directive("TypesConfig")
User = _directive("User")

# mod_python's
PythonAccessHandler = _directive("PythonAccessHandler")
PythonAuthBasicProvider = _directive("PythonAuthBasicProvider")
PythonAuthDigestProvider = _directive("PythonAuthDigestProvider")
PythonAuthenHandler = _directive("PythonAuthenHandler")
PythonAuthzHandler = _directive("PythonAuthzHandler")
PythonAutoReload = _directive("PythonAutoReload")
PythonCleanupHandler = _directive("PythonCleanupHandler")
PythonConnectionHandler = _directive("PythonConnectionHandler")
PythonDebug = _directive("PythonDebug")
PythonEnablePdb = _directive("PythonEnablePdb")
PythonFixupHandler = _directive("PythonFixupHandler")
PythonHandler = _directive("PythonHandler")
PythonHandlerModule = _directive("PythonHandlerModule")
PythonHeaderParserHandler = _directive("PythonHeaderParserHandler")
PythonHome = _directive("PythonHome")
PythonImport = _directive("PythonImport")
PythonInitHandler = _directive("PythonInitHandler")
PythonInputFilter = _directive("PythonInputFilter")
PythonInterpPerDirective = _switch("PythonInterpPerDirective")
PythonInterpPerDirectory = _switch("PythonInterpPerDirectory")
PythonInterpreter = _directive("PythonInterpreter")
PythonInterpreterOptions = _directive("PythonInterpreterOptions")
PythonLogHandler = _directive("PythonLogHandler")
PythonOptimize = _directive("PythonOptimize")
PythonOption = _directive("PythonOption")
PythonOutputFilter = _directive("PythonOutputFilter")
PythonPath = _directive("PythonPath", flips=False)
PythonPostReadRequestHandler = _directive("PythonPostReadRequestHandler")
PythonTransHandler = _directive("PythonTransHandler")
PythonTypeHandler = _directive("PythonTypeHandler")
PythonWarmUp = _directive("PythonWarmUp")
PythonWSGIAlias = _directive("PythonWSGIAlias")

# Sections
Directory = _section("Directory")
DirectoryMatch = _section("DirectoryMatch", flips=False)
Files = _section("Files")
FilesMatch = _section("FilesMatch", flips=False)
IfDefine = _section("IfDefine")
IfModule = _section("IfModule")
Limit = _section("Limit")
Location = _section("Location")
LocationMatch = _section("LocationMatch", flips=False)
VirtualHost = _section("VirtualHost")


def write_basic_config(
    server_root: str,
    listen: str = "0.0.0.0:8888",
    conf: str = "conf",
    logs: str = "logs",
    htdocs: str = "public",
    pythonhandler: str = "mod_python.publisher",
    pythonpath: _Sequence[str] = (),
    pythonoptions: _Sequence[str] = (),
    mp_comments: _Sequence[str] = (),
    conf_name: str = "httpd_conf.py",
    createdirs: bool = True,
    replace_config: bool = False,
) -> str | None:
    """Write a configuration script for a new server below `server_root`, and the directories that the server needs.

    Returns the path of the script; None, with a line on stderr, when there is one already and not `replace_config`. The
    script prints the configuration: `mod_python genconfig SCRIPT > httpd.conf`.
    """
    from mod_python import _conf_skeleton  # here: what it writes is made of the rows above

    tree = _conf_skeleton.tree(
        server_root, listen, conf, logs, htdocs, pythonhandler, pythonpath, pythonoptions, mp_comments
    )
    folders = [server_root, *(_os.path.join(server_root, name) for name in (htdocs, conf, logs))]
    script = _os.path.join(server_root, conf, conf_name)
    return _conf_skeleton.write(tree, script, folders if createdirs else [], replace_config)
