//! `_apache.psp_translate`: a PSP page as Python code, for `mod_python._psp`.
//!
//! Called attached, on the request's thread; files are read, and pages translated, detached.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::module::State;
use crate::interp::detach;
use crate::psp::{self, Error, Options, Translation};
use crate::py::{Args, Attached, Owned, PyResult, Raised};

/// The time of a file's last change, in nanoseconds, and its size: taken before the file was read.
type Stamp = (i64, i64);

/// `psp_translate(filename, directory, source=None, escape=False, literal=False)`: the code, the place of each of its
/// lines, and `(file, mtime_ns, size)` of the page and of each include. A page whose source is given has no stamp.
pub(super) fn translate<'py>(py: Attached<'py>, _: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let page = Page {
        name: path(&py.data(args.required(0)?)?),
        directory: path(&py.data(args.required(1)?)?),
        source: args
            .get(2)
            .filter(|source| !source.is_none())
            .map(|source| py.data(source).map(|data| data.into_owned()))
            .transpose()?,
        options: Options {
            escape: args.truth(3, false)?,
            literal: args.truth(4, false)?,
        },
    };
    match detach(py, || page.translate()) {
        Ok((translation, stamps)) => answer(py, &translation, &stamps),
        Err(error) => Err(raise(py, &page.name, &error)),
    }
}

struct Page {
    name: PathBuf,
    directory: PathBuf,
    source: Option<Vec<u8>>,
    options: Options,
}

impl Page {
    fn translate(&self) -> Result<(Translation, Vec<Stamp>), Error> {
        let mut stamps = Vec::new();
        let mut read = |path: &Path| read(path, &mut stamps);
        let (name, directory) = (&self.name, &self.directory);
        let translation = match &self.source {
            Some(source) => psp::translate(name, source, directory, self.options, &mut read)?,
            None => psp::translate_file(name, directory, self.options, &mut read)?,
        };
        if self.source.is_some() {
            stamps.insert(0, (0, 0));
        }
        Ok((translation, stamps))
    }
}

fn read(path: &Path, stamps: &mut Vec<Stamp>) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let known = file.metadata()?;
    let stamp = known.mtime() * 1_000_000_000 + known.mtime_nsec();
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    stamps.push((stamp, i64::try_from(known.size()).unwrap_or(i64::MAX)));
    Ok(content)
}

fn answer<'py>(py: Attached<'py>, translation: &Translation, stamps: &[Stamp]) -> PyResult<Owned<'py>> {
    let files = translation.files.iter().zip(stamps).map(|(file, stamp)| {
        let name = py.text_from(file.as_os_str().as_bytes())?;
        py.tuple([name, py.int(stamp.0)?, py.int(stamp.1)?])
    });
    let places = translation.places.iter().map(|place| py.int(*place));
    py.tuple([py.str(&translation.code)?, py.list(places)?, py.list(files)?])
}

fn raise(py: Attached<'_>, page: &Path, error: &Error) -> Raised {
    match error {
        Error::Syntax { file, line, text } => py.raise_syntax_error(text, file.as_os_str().as_bytes(), *line),
        Error::Unreadable(error) => {
            let number = error.raw_os_error().unwrap_or(libc::EIO);
            let text = "the page cannot be read";
            py.raise_os_error_of(number, text, page.as_os_str().as_bytes())
        }
    }
}

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}
