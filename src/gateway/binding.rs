//! Which replica serves a request: the name's group, and one binding per request and group.
//!
//! Runs on request threads before Python is entered. A configured name remembers its group, a request its binding:
//! the ordinary way takes no lock. Subrequests and internal redirects of the same name share the binding.

use std::sync::Arc;

use crate::config::{DirConfig, HandlerEntry, Name, ServerConfig, Situation, TooManyNames};
use crate::httpd::{Request, Server};
use crate::interp::{BindError, Binding, Group, registry};
use crate::objects::RequestState;

/// The group that serves this request; `first` is the first of the handlers to run.
///
/// # Errors
/// Why there is none: the child has no Python, or one directory too many asks for an interpreter.
pub fn group(r: &Request, conf: &DirConfig, first: Option<HandlerEntry>) -> Result<&'static Group, String> {
    group_of(name(r, conf, first).map_err(|error| error.to_string())?)
}

fn name(r: &Request, conf: &DirConfig, first: Option<HandlerEntry>) -> Result<Name, TooManyNames> {
    conf.interpreter(Situation {
        filename: r.filename().map(|path| path.to_bytes()),
        is_directory: r.finfo().is_directory(),
        first: first.map(|entry| entry.for_file(r.filename().map(|path| path.to_bytes()))),
        server: name_of_server(r.server()),
    })
}

/// The group that serves a connection, of which nothing is known but its server.
///
/// # Errors
/// As for [`group`].
pub fn group_of_server(
    server: &Server,
    conf: &DirConfig,
    first: HandlerEntry,
) -> Result<&'static Group, String> {
    let situation = Situation {
        filename: None,
        is_directory: false,
        first: Some(first),
        server: name_of_server(server),
    };
    let name = conf.interpreter(situation).map_err(|error| error.to_string())?;
    group_of(name)
}

fn group_of(name: Name) -> Result<&'static Group, String> {
    let registry =
        registry().ok_or("Python did not start in this child: see the error log at the child's start")?;
    Ok(name.group(|| registry.group(name.as_str())))
}

fn name_of_server(server: &Server) -> Name {
    server
        .config::<ServerConfig>()
        .map_or_else(Name::main, |config| config.name(server))
}

/// This request's binding to the group: its own, that of a related request, or a new one.
///
/// # Errors
/// [`BindError`]: the group cannot be built.
pub fn bind(r: &Request, state: &RequestState, group: &'static Group) -> Result<Arc<Binding>, BindError> {
    if let Some(binding) = state.binding(group) {
        return Ok(binding);
    }
    let binding = match related(r, group).and_then(|binding| binding.share()) {
        Some(shared) => shared,
        None => group.bind()?,
    };
    Ok(state.bind(binding))
}

/// The binding of the main request, or of the one that was redirected to this one.
fn related(r: &Request, group: &'static Group) -> Option<Arc<Binding>> {
    let other = r.main().or_else(|| r.prev())?;
    let own = RequestState::find(other).and_then(|state| state.binding(group));
    own.or_else(|| related(other, group))
}
