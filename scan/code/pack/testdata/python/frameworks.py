from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from fastapi import APIRouter

router = APIRouter()


def search(request):
    with connection.cursor() as cursor:
        # ruleid: python-sql-injection
        cursor.execute("SELECT id FROM article WHERE title = '%s'" % request.GET["title"])
        # ok: python-sql-injection
        cursor.execute("SELECT id FROM article WHERE title = %s", [request.GET["title"]])
    # ruleid: python-xss
    return HttpResponse("<h1>" + request.GET["title"] + "</h1>")


class Login(View):
    def get(self, request):
        target = request.GET.get("next", "/")
        if url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            # ok: python-open-redirect
            return HttpResponseRedirect(target)
        # ruleid: python-open-redirect
        return HttpResponseRedirect(target)


@router.get("/items/{name}")
async def item(name: str, session):
    # ruleid: python-sql-injection
    return await session.execute(f"SELECT * FROM items WHERE name = '{name}'")


@router.get("/things/{number}")
async def thing(number: int, session):
    # ok: python-sql-injection
    return await session.execute(f"SELECT * FROM things WHERE id = {number}")
