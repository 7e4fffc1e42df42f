"""Sessions in sqlite, uploads that go to disk, streams, files, templates."""

import hashlib

import streams
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import Context, Template
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from where import where


def tell(request):
    """Who answers, and which URL leads here."""
    return JsonResponse(where(request.environ) | {"url": reverse("where")})


def hello(request, name):
    """A template, with a name of any letters."""
    return HttpResponse(Template("<p>Hello {{ name }}</p>").render(Context({"name": name})))


def visits(request):
    """How often this browser was here."""
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(str(request.session["visits"]))


@csrf_exempt
def upload(request):
    """What became of a form with a file."""
    digest = hashlib.sha256()
    file = request.FILES["file"]
    for chunk in file.chunks():
        digest.update(chunk)
    return JsonResponse({"comment": request.POST["comment"], "size": file.size, "sha256": digest.hexdigest()})


def stream(request):
    """A body in two halves."""
    return StreamingHttpResponse(streams.halves(), content_type="text/plain")


def release(request):
    """Ask for the second half."""
    streams.release()
    return HttpResponse("ok")


def download(request):
    """A file: this one."""
    return FileResponse(open(__file__, "rb"))


def fails(request):
    """An error of the application."""
    raise ValueError("of Django")
