import ftplib
import logging.config
from django.views.decorators.csrf import csrf_exempt
from flask import Flask, make_response
from flask_cors import CORS

app = Flask(__name__)
# ruleid: python-debug-on
app.run(debug=True)
# ok: python-debug-on
app.run()

# ruleid: python-cors-any
CORS(app, origins="*", supports_credentials=True)
# ok: python-cors-any
CORS(app, origins=["https://a.example"], supports_credentials=True)


# ruleid: python-csrf-off
@csrf_exempt
def hook(request):
    return None


# ok: python-csrf-off
def order(request):
    return None


def answer(value, sock, verify):
    response = make_response("ok")
    # ruleid: python-cookie-flags
    response.set_cookie("session", value)
    # ok: python-cookie-flags
    response.set_cookie("session", value, secure=True, httponly=True)
    # ok: python-cookie-flags
    response.set_cookie("colour", value)
    # ruleid: python-all-interfaces
    sock.bind(("0.0.0.0", 80))
    # ok: python-all-interfaces
    sock.bind(("127.0.0.1", 80))
    # ruleid: python-clear-text
    ftplib.FTP("a.example")
    # ok: python-clear-text
    ftplib.FTP_TLS("a.example")
    # ruleid: python-log-listen
    logging.config.listen(9999)
    # ok: python-log-listen
    logging.config.listen(9999, verify=verify)
    return response


def waits(address, options):
    import requests
    import xmlrpc.client
    # ruleid: python-request-without-timeout
    requests.get(address)
    # ruleid: python-request-without-timeout
    requests.post(address, timeout=None)
    # ok: python-request-without-timeout
    requests.get(address, timeout=5)
    # ok: python-request-without-timeout
    requests.get(address, **options)
    # ruleid: python-xmlrpc
    xmlrpc.client.ServerProxy(address)
    # ok: python-xmlrpc
    other.ServerProxy(address)
