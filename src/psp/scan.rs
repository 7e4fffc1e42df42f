//! The elements of a page: text, and what stands in `<% … %>`.
//!
//! Pure. An element ends at the first end mark after its beginning, whatever lies between: Python is not understood here.

/// A piece of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element<'a> {
    /// What is written as it stands.
    Text(&'a str),
    /// `<% code %>`.
    Code(&'a str),
    /// `<% code` up to the end of the file.
    Unfinished(&'a str),
    /// `<%= expression %>`.
    Expression(&'a str),
    /// `<%@ include file="name" %>`: the name.
    Include(&'a str),
    /// `<%-- … --%>`.
    Comment,
}

/// A line, and what is wrong there.
pub(super) type Fault = (usize, String);

/// Walks over a page; each element comes with the line it begins in (an element's content: `<%` ends no line).
#[derive(Debug)]
pub(super) struct Elements<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Elements<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Elements { rest: page, line: 1 }
    }

    fn element(&mut self) -> Result<Element<'a>, Fault> {
        let Some(inside) = self.rest.strip_prefix("<%") else {
            let end = self.rest.find("<%").unwrap_or(self.rest.len());
            return Ok(Element::Text(self.take(end, 0)));
        };
        if inside.starts_with("--") {
            return self.closed("<%--", "--%>").map(|_| Element::Comment);
        }
        match inside.as_bytes().first() {
            Some(b'=') => self.closed("<%=", "%>").map(Element::Expression),
            Some(b'@') => self.directive(),
            _ => Ok(self.code()),
        }
    }

    fn code(&mut self) -> Element<'a> {
        self.take(2, 0);
        match self.rest.find("%>") {
            Some(end) => Element::Code(self.take(end, 2)),
            None => Element::Unfinished(self.take(self.rest.len(), 0)),
        }
    }

    fn directive(&mut self) -> Result<Element<'a>, Fault> {
        let line = self.line;
        let words = self.closed("<%@", "%>")?;
        included(words).map(Element::Include).ok_or_else(|| {
            let text = format!(
                "'{}' is no directive; there is include file=\"name\"",
                words.trim()
            );
            (line, text)
        })
    }

    /// What lies between two marks, the first of which is next.
    fn closed(&mut self, opening: &str, closing: &str) -> Result<&'a str, Fault> {
        let line = self.line;
        self.take(opening.len(), 0);
        match self.rest.find(closing) {
            Some(end) => Ok(self.take(end, closing.len())),
            None => Err((line, format!("'{opening}' is never closed by '{closing}'"))),
        }
    }

    /// So many bytes, then so many that belong to nobody.
    fn take(&mut self, bytes: usize, mark: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = &rest[mark..];
        self.line += taken.matches('\n').count();
        taken
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<(usize, Element<'a>), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.line;
        (!self.rest.is_empty()).then(|| {
            let element = self.element();
            if element.is_err() {
                self.rest = "";
            }
            element.map(|element| (line, element))
        })
    }
}

/// The name in ` include file="name" `.
fn included(words: &str) -> Option<&str> {
    let after = words.trim().strip_prefix("include")?;
    let value = after
        .trim_start()
        .strip_prefix("file")?
        .trim_start()
        .strip_prefix('=')?;
    let value = value.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = value.strip_prefix(quote)?.strip_suffix(quote)?;
    let whole = after.starts_with(char::is_whitespace) && !name.is_empty() && !name.contains(quote);
    whole.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(page: &str) -> Vec<(usize, Element<'_>)> {
        Elements::new(page).map(Result::unwrap).collect()
    }

    fn fault(page: &str) -> Fault {
        Elements::new(page).find_map(Result::err).unwrap()
    }

    #[test]
    fn each_element_with_its_line() {
        let page = "a\n<% x\n %>\n<%= y %><%--\n--%><%@ include file=\"f.html\" %>z<%";
        let found = [
            (1, Element::Text("a\n")),
            (2, Element::Code(" x\n ")),
            (3, Element::Text("\n")),
            (4, Element::Expression(" y ")),
            (4, Element::Comment),
            (5, Element::Include("f.html")),
            (5, Element::Text("z")),
            (5, Element::Unfinished("")),
        ];
        assert_eq!(scan(page), found);
    }

    #[test]
    fn marks_that_are_none() {
        assert_eq!(scan("%> < % >"), [(1, Element::Text("%> < % >"))]);
        assert_eq!(scan("<%%>"), [(1, Element::Code(""))]);
        assert_eq!(scan("<%----%>"), [(1, Element::Comment)]);
        assert_eq!(scan("<%- 1 %>"), [(1, Element::Code("- 1 "))]);
    }

    #[test]
    fn spellings_of_include() {
        for spelled in [
            "include file=\"a b\"",
            " include  file = 'a b' ",
            "\tinclude\nfile='a b'",
        ] {
            assert_eq!(
                scan(&format!("<%@{spelled}%>")),
                [(1, Element::Include("a b"))],
                "{spelled}"
            );
        }
        for wrong in [
            "",
            "include",
            "includefile='a'",
            "include file=a",
            "include file=''",
            "include file='a\"",
            "page language='x'",
            "include file='a' 'b'",
        ] {
            let (line, text) = fault(&format!("\n<%@{wrong}%>"));
            assert_eq!(line, 2);
            assert!(text.contains("is no directive"), "{text}");
        }
    }

    #[test]
    fn what_is_never_closed() {
        assert_eq!(
            fault("\n\n<%= x\n"),
            (3, "'<%=' is never closed by '%>'".to_owned())
        );
        assert_eq!(
            fault("<%-- %>"),
            (1, "'<%--' is never closed by '--%>'".to_owned())
        );
        assert_eq!(fault("<%@ x").0, 1);
    }
}
