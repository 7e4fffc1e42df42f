//! Named interpreters: groups, replicas, generations, thread states, and the one thread that makes and ends them.
//!
//! The Python column's floor 3. Knows CPython through `py`, nothing of httpd: what it needs from above (what to run
//! in a new interpreter, where to report) comes in as the functions of [`Host`]. Request threads use
//! [`Group::bind`], [`Session`] and [`detach`]; everything about life and death runs on the manager thread.

pub mod building;
mod deferred;
pub mod ending;
pub mod gate;
pub mod generation;
pub mod group;
pub mod host;
pub mod interpreter;
mod line;
pub mod manager;
pub mod pick;
pub mod registry;
pub mod session;
mod spawn;
pub mod spec;
pub mod stage;
mod striped;
pub mod thread;

pub use deferred::Held;
pub use generation::{Generation, Replica};
pub use group::{BindError, Binding, Group};
pub use host::{Event, Host};
pub use interpreter::{Interp, Pin};
pub use registry::{Registry, registry};
pub use session::{Closed, Session, detach};
pub use spec::{Gil, GroupSpec};
pub use stage::Stage;
