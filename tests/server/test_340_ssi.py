"""Pages of mod_include with Python in them."""

from __future__ import annotations

import pytest

from harness import MPMS, Conf, Server

ERROR = "[an error occurred while processing this directive]"
PAGES = {
    "eval": '<!--#python eval="1 + 1"-->',
    "nothing": '[<!--#python eval="None"-->]',
    "exec": "<!--#python exec=\"\nfor number in range(3):\n    filter.write(f'{number} ')\nprint('end', file=filter)\n\"-->",
    "entities": "<!--#python eval=\"&quot;a&quot; + 'b' &lt; &quot;c&quot;\"-->",
    "names": '<!--#python exec="\nx = 5\ndef f(): return x + 1\n"--><!--#python eval="f()"-->',
    "file": "<!--#python eval=\"__file__.rsplit('/')[-1]\"-->",
    "request": '<!--#python eval="filter.req.uri"--> <!--#python eval="filter.name"-->',
    "false": '<!--#if expr="false" --><!--#python exec="1 / 0"--><!--#endif -->hidden',
    "raises": 'before <!--#python eval="1 / 0"--> after',
    "syntax": '<!--#python exec="  x = 1"-->',
    "empty": '<!--#python eval=""-->',
    "two": '<!--#python eval="1" exec="2"-->',
    "other": '<!--#python run="1"-->',
    "missing": "<!--#python -->",
    "debugged": '<!--#python eval="1 / 0"-->',
    "flushed": "<!--#python exec=\"filter.write('a'); filter.flush(); filter.close()\"-->b",
    "included": '<!--#include virtual="/names.shtml" --> <!--#python eval="\'x\' in globals()"-->',
    "forbidden": '<!--#python eval="1"-->',
    "late": '<!--#python exec="kept = filter"--><!--#python eval="(filter is kept, kept.closed)"-->',
    "given": '<!--#python eval="given"-->',
    "big": "<!--#python exec=\"filter.write('0123456789' * 500_000)\"-->",
}


@pytest.mark.parametrize("mpm", MPMS, indirect=True)
class TestSSI:
    """A page per behaviour."""

    @staticmethod
    def configure(conf: Conf) -> None:
        """Pages are files; mod_include reads them."""
        conf.load("include")
        app = conf.app("filters", "Options +Includes", "PythonDebug Off", "PythonInterpreter pages")
        for name, page in PAGES.items():
            (conf.root / f"apps/filters/{name}.shtml").write_text(page)
        app.block("FilesMatch", r"\.shtml$", "SetOutputFilter INCLUDES")
        app.block("Files", "given.shtml", "PythonFixupHandler filters::prepared")
        app.block("Files", "debugged.shtml", "PythonDebug On")
        app.block("Files", "forbidden.shtml", "Options +IncludesNOEXEC")

    @pytest.mark.parametrize(
        ("page", "text"),
        [
            ("eval", "2"),
            ("nothing", "[]"),
            ("exec", "0 1 2 end\n"),
            ("entities", "True"),
            ("names", "6"),
            ("file", "file.shtml"),
            ("request", "/request.shtml includes"),
            ("false", "hidden"),
            ("flushed", "ab"),
            ("included", "6 False"),
            ("late", "(False, 1)"),
            ("given", "by the fixup"),
            ("big", "0123456789" * 500_000),
        ],
    )
    def test_a_page(self, server: Server, page: str, text: str) -> None:
        assert server.client.get(f"/{page}.shtml").text == text

    @pytest.mark.parametrize(
        ("page", "line"),
        [
            ("forbidden", "#python used but not allowed in .*forbidden.shtml"),
            ("empty", "empty value for 'eval' parameter to tag 'python' in .*empty.shtml"),
            ("two", "multiple 'eval/exec' parameter to tag 'python' in"),
            ("other", "unexpected 'run' parameter to tag 'python' in"),
            ("missing", "missing 'eval/exec' parameter to tag 'python' in"),
        ],
    )
    def test_a_tag_that_is_wrong(self, server: Server, page: str, line: str) -> None:
        server.log.expect(f"MPY0422.*{line}")
        assert server.client.get(f"/{page}.shtml").text == ERROR
        assert server.client.get("/eval.shtml").text == "2"

    def test_an_exception(self, server: Server) -> None:
        server.log.expect("#python eval: ZeroDivisionError: division by zero")
        server.log.allow("MPY0423")
        assert server.client.get("/raises.shtml").text == f"before {ERROR} after"

    def test_statements_begin_at_the_margin(self, server: Server) -> None:
        server.log.expect("#python exec: IndentationError: unexpected indent")
        server.log.allow("MPY0423")
        assert server.client.get("/syntax.shtml").text == ERROR

    def test_an_exception_is_shown_when_debugging(self, server: Server) -> None:
        server.log.allow("MPY0423")
        page = server.client.get("/debugged.shtml").text
        assert "ZeroDivisionError: division by zero" in page
        assert page.endswith(ERROR)
