import os
import random
import secrets
import ssl
import jwt
import paramiko
from cryptography.hazmat.primitives.asymmetric import rsa
import hashlib
import requests
from Crypto.Cipher import AES, DES


def store(user, password, text):
    # ruleid: python-weak-password-hash, python-weak-hash
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
    requests.post(address, json={}, verify=False, timeout=5)
    session = requests.Session()
    # ruleid: python-tls-verify-off
    session.verify = False
    # ok: python-tls-verify-off
    return requests.get(address, verify="/etc/ssl/own.pem", timeout=5)


def digests(text, password, salt):
    # ruleid: python-weak-hash
    hashlib.new("md5", text)
    # ok: python-weak-hash
    hashlib.md5(text, usedforsecurity=False)
    # ok: python-weak-hash
    hashlib.sha256(text)
    # ruleid: python-password-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, 1000)
    # ok: python-password-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, 600000)


def keys(key, text):
    # ruleid: python-static-iv
    AES.new(key, AES.MODE_CBC, b"0123456789abcdef")
    # ok: python-static-iv
    AES.new(key, AES.MODE_CBC, os.urandom(16))
    # ruleid: python-short-key
    rsa.generate_private_key(65537, 1024)
    # ok: python-short-key
    rsa.generate_private_key(65537, 3072)


def secret_values(colours):
    # ruleid: python-weak-random
    token = "".join(random.choice("abcdef") for _ in range(20))
    # ok: python-weak-random
    colour = random.choice(colours)
    # ok: python-weak-random
    reset_token = secrets.token_urlsafe()
    return token, colour, reset_token


def contexts(client, context):
    # ruleid: python-tls-context
    context.verify_mode = ssl.CERT_NONE
    # ok: python-tls-context
    context.verify_mode = ssl.CERT_REQUIRED
    # ruleid: python-tls-old
    ssl.SSLContext(ssl.PROTOCOL_TLSv1)
    # ok: python-tls-old
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # ruleid: python-ssh-host-key
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    # ok: python-ssh-host-key
    client.set_missing_host_key_policy(paramiko.RejectPolicy())


def read_token(text, key):
    # ruleid: python-jwt-unverified
    jwt.decode(text, options={"verify_signature": False})
    # ok: python-jwt-unverified
    return jwt.decode(text, key, algorithms=["HS256"])
