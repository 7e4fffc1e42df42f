//! A section around a directive: `<Directory /srv>`, `<FilesMatch "\.py$">`, `<VirtualHost *:80>`.
//!
//! Owns reading its head. Pure; lives as long as the configuration's tree.

use apache2_sys as sys;

use crate::apr::text;

/// The head of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'c> {
    name: &'c str,
    args: &'c str,
}

impl<'c> Section<'c> {
    /// The section that `node` opens; `None` when it is no section.
    ///
    /// # Safety
    /// The node's texts live for `'c`.
    pub(super) unsafe fn of(node: &'c sys::ap_directive_t) -> Option<Self> {
        // SAFETY: the caller's contract.
        let (head, args) = unsafe { (text::borrow_str(node.directive)?, text::borrow_str(node.args)) };
        Self::parse(head, args.unwrap_or_default())
    }

    /// From httpd's form: `<Directory` and `"/srv" >`; `None` when it is no section.
    pub(crate) fn parse(head: &'c str, args: &'c str) -> Option<Self> {
        let args = args.trim_end();
        Some(Self {
            name: head.strip_prefix('<')?,
            args: args.strip_suffix('>').unwrap_or(args).trim(),
        })
    }

    /// Whether this is a `<name>` or a `<nameMatch>` section, whatever the case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.base_name().eq_ignore_ascii_case(name)
    }

    /// Whether the argument is a regular expression: `<DirectoryMatch re>` or `<Directory ~ re>`.
    #[must_use]
    pub fn is_regex(&self) -> bool {
        self.base_name().len() < self.name.len() || self.tilde().is_some()
    }

    /// The path or pattern, without quotes and without `~`.
    #[must_use]
    pub fn pattern(&self) -> &'c str {
        unquote(self.tilde().unwrap_or(self.args))
    }

    fn base_name(&self) -> &'c str {
        let cut = self.name.len().saturating_sub("Match".len());
        match self.name.get(cut..) {
            Some(end) if end.eq_ignore_ascii_case("Match") => &self.name[..cut],
            _ => self.name,
        }
    }

    fn tilde(&self) -> Option<&'c str> {
        let rest = self.args.strip_prefix('~')?;
        rest.starts_with(char::is_whitespace).then(|| rest.trim_start())
    }
}

/// The first word, as httpd reads words: in quotes of either kind, or up to white space.
fn unquote(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or(rest);
        }
    }
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section<'a>(head: &'a str, args: &'a str) -> Section<'a> {
        Section::parse(head, args).unwrap()
    }

    #[test]
    fn a_plain_path() {
        let s = section("<Directory", "/srv/www>");
        assert!(s.is("directory") && !s.is("Location") && !s.is_regex());
        assert_eq!(s.pattern(), "/srv/www");
    }

    #[test]
    fn quotes_hold_blanks() {
        assert_eq!(section("<Location", "\"/a b\" >").pattern(), "/a b");
        assert_eq!(section("<Location", "'/a b'>").pattern(), "/a b");
    }

    #[test]
    fn both_forms_of_a_regex() {
        for s in [
            section("<Files", "~ \"\\.py$\">"),
            section("<FilesMatch", "\"\\.py$\">"),
        ] {
            assert!(s.is("Files") && s.is_regex());
            assert_eq!(s.pattern(), "\\.py$");
        }
    }

    #[test]
    fn a_home_directory_is_no_regex() {
        assert!(!section("<Location", "~user/x>").is_regex());
    }

    #[test]
    fn a_directive_is_no_section() {
        assert_eq!(Section::parse("PythonPath", "x"), None);
    }
}
