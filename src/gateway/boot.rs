//! What is done in an interpreter before an application sees it, and before it ends.
//!
//! Runs on the manager thread (`warm_main`, `boot`) and on threads of its own (`warm_up`, `quiesce`), attached.
//! The package is found beside the `.so`; if it is not there, on `sys.path`.

use crate::httpd::log::{self, Level, Target};
use crate::httpd::log_number;
use crate::interp::host::Role;
use crate::interp::{Gil, Interp};
use crate::objects;
use crate::py::{Attached, Exception, Owned, PyResult, library};

use super::process;

/// Puts the package that lies beside the `.so` into `sys.modules`, so that its directory need not be on `sys.path`.
const EXPOSE: &str = "
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location('mod_python', f'{directory}/__init__.py', submodule_search_locations=[directory])
package = module_from_spec(spec)
sys.modules['mod_python'] = package
try:
    spec.loader.exec_module(package)
except BaseException:
    del sys.modules['mod_python']
    raise
";

/// Import what subinterpreters need to find in the main interpreter, before the first of them is made.
pub fn warm_main(py: Attached<'_>) {
    let warmed = expose_package(py).and_then(|()| {
        let names = process::current()
            .warm_up()
            .iter()
            .map(|name| py.str(name))
            .collect::<PyResult<Vec<_>>>()?;
        let failed = call(py, c"mod_python._warm_up", c"warm_up", [py.list_of(names)?])?;
        failed
            .borrow()
            .items(py)?
            .iter()
            .try_for_each(|pair| tell_failed_warm_up(py, pair))
    });
    if let Err(raised) = warmed {
        let error = Exception::take(py, raised).summary(py);
        log::log(
            Level::Error,
            log_number::PACKAGE_BROKEN,
            Target::Main,
            format_args!("warm-up failed: {error}"),
        );
    }
}

fn tell_failed_warm_up(py: Attached<'_>, pair: &Owned<'_>) -> PyResult<()> {
    let texts = pair.borrow().items(py)?;
    let texts = texts
        .iter()
        .map(|text| py.text(text.borrow()))
        .collect::<PyResult<Vec<_>>>()?;
    let text = format!("PythonWarmUp {}", texts.join(": "));
    log::log(Level::Warning, log_number::WARM_UP_FAILED, Target::Main, text);
    Ok(())
}

/// Set up an interpreter for a name.
///
/// # Errors
/// Why this name has no interpreter, in one line.
pub fn boot(py: Attached<'_>, interp: &'static Interp, role: &Role<'_>) -> Result<(), String> {
    prepare(py, interp, role).map_err(|raised| Exception::take(py, raised).summary(py))
}

fn prepare(py: Attached<'_>, interp: &'static Interp, role: &Role<'_>) -> PyResult<()> {
    expose_package(py)?;
    if interp.module_state().is_null() {
        let replicas = if interp.is_main() { 1 } else { role.spec.replicas };
        let replicas = u32::try_from(replicas).unwrap_or(u32::MAX);
        objects::module::attach_interp(py, interp, role.name, (role.replica, replicas))?;
    }
    let spec = role.spec;
    let own_gil = !interp.is_main() && spec.gil != Gil::Shared;
    let virtualenv = match &spec.virtualenv {
        Some(directory) => path(py, directory)?,
        None => py.none(),
    };
    let python_path = spec.python_path.iter().map(|directory| path(py, directory));
    let arguments = [
        py.bool(own_gil),
        environ(py, &spec.env)?,
        virtualenv,
        py.list(python_path)?,
        py.float(spec.switch_interval.as_secs_f64())?,
    ];
    call(py, c"mod_python._environment", c"prepare", arguments).map(drop)
}

/// httpd's environment without what is meant for other Pythons, and the variables of this name.
fn environ<'py>(py: Attached<'py>, added: &[(String, String)]) -> PyResult<Owned<'py>> {
    let environ = py.dict()?;
    for (name, value) in std::env::vars_os() {
        let (name, value) = (name.as_encoded_bytes(), value.as_encoded_bytes());
        if !name.starts_with(b"PYTHON") {
            py.dict_set(
                environ.borrow(),
                py.text_from(name)?.borrow(),
                py.text_from(value)?.borrow(),
            )?;
        }
    }
    for (name, value) in added {
        py.dict_set(environ.borrow(), py.str(name)?.borrow(), py.str(value)?.borrow())?;
    }
    Ok(environ)
}

/// Run a name's `PythonImport` lines, in their order; one that fails is logged and the next goes on.
pub fn warm_up(py: Attached<'_>, role: &Role<'_>) {
    for word in &role.spec.imports {
        let done = py
            .str(word)
            .and_then(|word| call(py, c"mod_python._dispatch", c"run_import", [word]));
        if let Err(raised) = done {
            let error = super::report::plain(py, Exception::take(py, raised), "PythonImport", word);
            log::log(
                Level::Error,
                log_number::IMPORT_FAILED,
                Target::Main,
                format_args!("[{}] {error}", role.name),
            );
        }
    }
}

/// Stop an interpreter's own threads and run its exit functions.
pub fn quiesce(py: Attached<'_>, seconds: f64) -> Vec<String> {
    let names = || -> PyResult<Vec<String>> {
        let names = call(py, c"mod_python._ending", c"quiesce", [py.float(seconds)?])?;
        names
            .borrow()
            .items(py)?
            .iter()
            .map(|name| py.text(name.borrow()))
            .collect()
    };
    names().unwrap_or_else(|raised| vec![Exception::take(py, raised).summary(py)])
}

fn expose_package(py: Attached<'_>) -> PyResult<()> {
    let Some(directory) = library::directory().filter(|directory| directory.join("__init__.py").exists())
    else {
        return Ok(());
    };
    let (sys, globals) = (py.import(c"sys")?, py.dict()?);
    let modules = sys.borrow().attr(py, c"modules")?;
    if py
        .dict_get(modules.borrow(), py.str("mod_python")?.borrow())?
        .is_some()
    {
        return Ok(());
    }
    py.dict_set(globals.borrow(), py.str("sys")?.borrow(), sys.borrow())?;
    py.dict_set(
        globals.borrow(),
        py.str("directory")?.borrow(),
        path(py, &directory)?.borrow(),
    )?;
    call(py, c"builtins", c"exec", [py.str(EXPOSE)?, globals]).map(drop)
}

fn path<'py>(py: Attached<'py>, path: &std::path::Path) -> PyResult<Owned<'py>> {
    py.text_from(path.as_os_str().as_encoded_bytes())
}

fn call<'py, const N: usize>(
    py: Attached<'py>,
    module: &std::ffi::CStr,
    function: &std::ffi::CStr,
    arguments: [Owned<'py>; N],
) -> PyResult<Owned<'py>> {
    let borrowed: Vec<_> = arguments.iter().map(Owned::borrow).collect();
    py.import(module)?.borrow().call_method(py, function, &borrowed)
}
