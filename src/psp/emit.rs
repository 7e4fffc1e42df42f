//! The code of a page, element by element, and where each of its lines comes from.
//!
//! Pure. Between elements a `req.write("""` is open, to which text and includes add. An element closes it, adds its code
//! and opens the next one: on the same line behind a `;`, or on a line of its own with the indentation that the code
//! left.

use super::text::quoted;
use super::{LINE_BITS, Options, Place};

const OPEN: &str = "req.write(\"\"\"";
const CLOSE: &str = "\"\"\",0)";

/// Code on its way.
#[derive(Debug)]
pub(super) struct Emitter {
    options: Options,
    code: String,
    places: Vec<Place>,
    here: Place,
    indent: String,
    open: bool,
}

impl Emitter {
    pub(super) fn new(options: Options) -> Self {
        Emitter {
            options,
            code: String::new(),
            places: vec![1],
            here: 1,
            indent: String::new(),
            open: false,
        }
    }

    /// A page with anything in it begins with a `write`.
    pub(super) fn begin(&mut self) {
        self.code.push_str(OPEN);
        self.open = true;
    }

    /// What follows comes from this place.
    pub(super) fn at(&mut self, place: Place) {
        self.here = place;
        if self.places.last() != Some(&place) {
            // A line of its own within the open literal: it adds nothing to the text.
            self.code.push('\\');
            self.end_line();
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.copy(&quoted(text, self.options.literal));
    }

    pub(super) fn expression(&mut self, expression: &str) {
        let function = if self.options.escape { "__escape__" } else { "str" };
        self.code.push_str(CLOSE);
        self.code.push_str(";req.write(");
        self.code.push_str(function);
        self.code.push('(');
        self.copy_code(expression);
        if expression.contains('#') {
            self.end_line();
        }
        self.code.push_str("),0);");
        self.code.push_str(OPEN);
    }

    pub(super) fn code(&mut self, code: &str) {
        let code = self.first_line(code);
        let shape = Shape::of(code);
        self.copy_code(shape.code);
        match shape.indent {
            Some(indent) => {
                self.indent = indent;
                self.end_statement(shape.ends_line);
            }
            None if code.contains('#') => self.end_statement(false),
            None if code.trim().is_empty() => {}
            None => self.code.push(';'),
        }
        self.code.push_str(OPEN);
    }

    /// Code that the page ends in.
    pub(super) fn last_code(&mut self, code: &str) {
        let code = self.first_line(code);
        self.copy_code(code);
        self.open = false;
    }

    /// The code, and the place of each of its lines.
    pub(super) fn finish(mut self) -> (String, Vec<Place>) {
        if self.open {
            self.code.push_str(CLOSE);
            self.end_line();
        }
        (self.code, self.places)
    }

    /// Before code: several lines that begin beside `<%` get a line of their own, as if they began below it.
    fn first_line<'a>(&mut self, code: &'a str) -> &'a str {
        self.code.push_str(CLOSE);
        self.code.push(';');
        let beside = code.split('\n').next().unwrap_or(code);
        if beside.len() == code.len() || beside.trim().is_empty() {
            return code;
        }
        self.end_statement(false);
        code.trim_start()
    }

    /// Whatever follows is a statement of its own, indented as the code before left it.
    fn end_statement(&mut self, line_ended: bool) {
        if !line_ended {
            self.end_line();
        }
        self.code.push_str(&self.indent);
    }

    /// Code, in which a lone CR ends a line as it does for Python.
    fn copy_code(&mut self, code: &str) {
        self.copy(&code.replace('\r', "\n"));
    }

    fn copy(&mut self, source: &str) {
        for line in source.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(line) => {
                    self.code.push_str(line);
                    self.here = below(self.here);
                    self.end_line();
                }
                None => self.code.push_str(line),
            }
        }
    }

    fn end_line(&mut self) {
        self.code.push('\n');
        self.places.push(self.here);
    }
}

/// The next line; behind the last one that a place holds, that one again.
fn below(place: Place) -> Place {
    let last = (1 << LINE_BITS) - 1;
    if place & last == last { place } else { place + 1 }
}

/// What the end of an element's code says about the text behind it.
struct Shape<'a> {
    /// The code without blanks on its last line, if there is nothing else on it.
    code: &'a str,
    /// The indentation to go on with; `None` for code without a line end.
    indent: Option<String>,
    /// Whether the code ends with a line end.
    ends_line: bool,
}

impl<'a> Shape<'a> {
    /// The last line decides, comments included; when it is empty, the line before. A colon at the very end opens a block.
    fn of(code: &'a str) -> Self {
        let Some(last) = code.rfind('\n') else {
            return Shape {
                code,
                indent: None,
                ends_line: false,
            };
        };
        let line = &code[last + 1..];
        let ends_line = line.trim_matches(BLANKS).is_empty();
        let kept = if ends_line { &code[..=last] } else { code };
        let governing = if line.is_empty() {
            line_before(&code[..last])
        } else {
            line
        };
        let mut indent = leading_blanks(governing).to_owned();
        if ends_with_colon(kept) {
            indent.push('\t');
        }
        Shape {
            code: kept,
            indent: Some(indent),
            ends_line,
        }
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// The last line of several; what stands beside `<%` is no line.
fn line_before(code: &str) -> &str {
    code.rfind('\n').map_or("", |at| &code[at + 1..])
}

fn leading_blanks(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(BLANKS).len()]
}

/// Line ends, and the blanks that begin lines, do not count; blanks behind the colon do.
fn ends_with_colon(code: &str) -> bool {
    code.lines()
        .rev()
        .map(|line| line.trim_start_matches(BLANKS))
        .find(|line| !line.is_empty())
        .is_some_and(|line| line.ends_with(':'))
}
