"""The applications of `pages` between two checkers of both sides: the standard library's, and Paste's."""

from wsgiref.validate import validator

import pages
import paste_lint

standard = validator(pages.application)
paste = paste_lint.middleware(pages.application)
