//! What a page becomes: the shape of the code, its indentation, its places, its errors. Whole pages are in `tests/psp`.

use super::*;

fn code(page: &str) -> String {
    translated(page, &[]).unwrap().code
}

fn translated(page: &str, files: &[(&str, &str)]) -> Result<Translation, Error> {
    let mut read = |path: &Path| {
        let found = files
            .iter()
            .find(|(name, _)| Path::new("/srv").join(name) == path);
        found
            .map(|(_, text)| text.as_bytes().to_vec())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    };
    translate(
        Path::new("page"),
        page.as_bytes(),
        Path::new("/srv"),
        Options::default(),
        &mut read,
    )
}

fn error(page: &str, files: &[(&str, &str)]) -> String {
    translated(page, files).unwrap_err().to_string()
}

#[test]
fn code_of_the_reference() {
    assert_eq!(code(""), "");
    assert_eq!(
        code("a<% x %>b"),
        "req.write(\"\"\"a\"\"\",0); x ;req.write(\"\"\"b\"\"\",0)\n"
    );
    assert_eq!(
        code("<%\nfor n in r:\n%>t<%\n%>e"),
        "req.write(\"\"\"\"\"\",0);\nfor n in r:\n\treq.write(\"\"\"t\"\"\",0);\nreq.write(\"\"\"e\"\"\",0)\n"
    );
    assert_eq!(code("a<% x\n"), "req.write(\"\"\"a\"\"\",0);\nx\n");
    assert_eq!(
        code("<%= x %>"),
        "req.write(\"\"\"\"\"\",0);req.write(str( x ),0);req.write(\"\"\"\"\"\",0)\n"
    );
}

/// The indentation of the text behind some code.
fn indent(inside: &str) -> String {
    let code = code(&format!("<%{inside}%>t"));
    let line = code.lines().last().unwrap();
    line.split("req.").next().unwrap().to_owned()
}

#[test]
fn the_last_line_governs() {
    assert_eq!(indent("\nx\n"), "");
    assert_eq!(indent("\nif x:\n    y\n"), "    ");
    assert_eq!(indent("\nif x:\n    # only a comment\n"), "    ");
    assert_eq!(indent("\nif x:\n    y\n\n"), "");
    assert_eq!(indent("\nif x:\n    y\n# end\n"), "");
    assert_eq!(indent("\nif x:\n  y\n    "), "    ");
    assert_eq!(indent("\n    \n"), "    ");
}

#[test]
fn a_colon_at_the_end_opens_a_block() {
    assert_eq!(indent("\nif x:\n"), "\t");
    assert_eq!(indent("\nif x:"), "\t");
    assert_eq!(indent("\nif x:\n  "), "  \t");
    assert_eq!(indent("\n  if x:\n"), "  \t");
    assert_eq!(indent("\nif x: \n"), "");
    assert_eq!(indent("\nif x: # why\n"), "");
}

#[test]
fn statements_stay_apart() {
    assert_eq!(code("<%%>").matches(';').count(), 1);
    assert_eq!(
        code("a<% x # why %>b"),
        "req.write(\"\"\"a\"\"\",0); x # why \nreq.write(\"\"\"b\"\"\",0)\n"
    );
    assert_eq!(
        code("a<% if x:\n    y %>b"),
        "req.write(\"\"\"a\"\"\",0);\nif x:\n    y \n    req.write(\"\"\"b\"\"\",0)\n"
    );
    assert_eq!(
        code("<%= x # why %>"),
        "req.write(\"\"\"\"\"\",0);req.write(str( x # why \n),0);req.write(\"\"\"\"\"\",0)\n"
    );
}

#[test]
fn every_line_has_its_place() {
    let page = "1\n<%-- 2\n3 --%>3<%\n4\n%>5<%@ include file='f' %>5\n6<% a\n7\n";
    let translation = translated(page, &[("f", "f1\n<%\nf3\n%>f4")]).unwrap();
    let f = |line: u32| 1 << LINE_BITS | line;
    assert_eq!(
        translation.places,
        [1, 2, 3, 4, 5, f(1), f(2), f(3), f(4), 5, 6, 6, 7, 8]
    );
    assert_eq!(
        translation.code.matches('\n').count() + 1,
        translation.places.len(),
        "{}",
        translation.code
    );
    assert_eq!(
        translation.files,
        [PathBuf::from("page"), PathBuf::from("/srv/f")]
    );
}

#[test]
fn includes_share_the_state_of_the_page() {
    let files = [
        ("open", "<%\nfor n in r:\n%>"),
        ("dir/close", "<%@ include file='end' %>"),
        ("end", "<%\n#"),
        ("empty", ""),
    ];
    let page = "<%@ include file='open' %>t<%@ include file='dir/close' %>e";
    assert_eq!(
        translated(page, &files).unwrap().code,
        "req.write(\"\"\"\\\n\"\"\",0);\nfor n in r:\n\treq.write(\"\"\"\\\nt\\\n\\\n\"\"\",0);\n#\nreq.write(\"\"\"\\\ne\"\"\",0)\n"
    );
    assert_eq!(
        translated("a<%@ include file='empty' %>b", &files).unwrap().code,
        "req.write(\"\"\"ab\"\"\",0)\n"
    );
}

#[test]
fn errors_name_file_and_line() {
    assert_eq!(error("\n<%= x", &[]), "page:2: '<%=' is never closed by '%>'");
    assert!(error("<%@ page %>", &[]).starts_with("page:1: 'page' is no directive"));
    assert!(error("\n<%@ include file='no' %>", &[]).starts_with("page:2: cannot include 'no': "));
    assert_eq!(
        error("<%@ include file='f' %>", &[("f", "\n\n<%--")]),
        "/srv/f:3: '<%--' is never closed by '--%>'"
    );
    assert!(
        error("<%@ include file='f' %>", &[("f", "<%@ include file='f' %>")]).contains("more than 20 deep")
    );
    let mut none = |_: &Path| Err(io::ErrorKind::NotFound.into());
    let bytes = translate(
        Path::new("page"),
        b"\n\xff",
        Path::new(""),
        Options::default(),
        &mut none,
    );
    assert_eq!(bytes.unwrap_err().to_string(), "page:2: the file is not UTF-8");
    let missing = translate_file(Path::new("page"), Path::new(""), Options::default(), &mut none);
    assert!(matches!(missing, Err(Error::Unreadable(_))));
}

#[test]
fn options() {
    let mut none = |_: &Path| Err(io::ErrorKind::NotFound.into());
    let options = Options {
        escape: true,
        literal: true,
    };
    let page = br"\x41<%=x%>";
    let translation = translate(Path::new("page"), page, Path::new(""), options, &mut none).unwrap();
    assert_eq!(
        translation.code,
        "req.write(\"\"\"\\\\x41\"\"\",0);req.write(__escape__(x),0);req.write(\"\"\"\"\"\",0)\n"
    );
}
