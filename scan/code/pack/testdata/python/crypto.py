import hashlib
import requests
from Crypto.Cipher import AES, DES


def store(user, password, text):
    # ruleid: python-weak-password-hash
    user.digest = hashlib.md5(password.encode()).hexdigest()
    # ok: python-weak-password-hash
    user.checksum = hashlib.sha256(text.encode()).hexdigest()


def encrypt(key, nonce, text):
    # ruleid: python-weak-cipher
    DES.new(key, DES.MODE_CBC, nonce)
    # ruleid: python-weak-cipher
    AES.new(key, AES.MODE_ECB)
    # ok: python-weak-cipher
    return AES.new(key, AES.MODE_GCM, nonce).encrypt(text)


def send(address):
    # ruleid: python-tls-verify-off
    requests.post(address, json={}, verify=False)
    session = requests.Session()
    # ruleid: python-tls-verify-off
    session.verify = False
    # ok: python-tls-verify-off
    return requests.get(address, verify="/etc/ssl/own.pem")
