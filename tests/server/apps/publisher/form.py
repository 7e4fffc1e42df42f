# ruff: noqa: UP031
""" The example of the manual: a form that sends mail. """

import smtplib

WEBMASTER = "webmaster@localhost"
SMTP_SERVER = "127.0.0.1:%s"


def email(req, name, email, comment):
    # make sure the user provided all the parameters
    if not (name and email and comment):
        return "A required parameter is missing, please go back and correct the error"

    # create the message text
    msg = """\
From: %s
Subject: feedback
To: %s

I have the following comment:

%s

Thank You,

%s

""" % (email, WEBMASTER, comment, name)

    # send it out
    conn = smtplib.SMTP(SMTP_SERVER % req.headers_in["X-SMTP-Port"])
    conn.sendmail(email, [WEBMASTER], msg)
    conn.quit()

    # provide feedback to the user
    return """\
<html>

Dear %s,<br>

Thank You for your kind comments, we
will get back to you shortly.

</html>""" % name
