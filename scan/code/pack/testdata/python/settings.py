import os

# ruleid: python-django-debug
DEBUG = True
# ruleid: python-django-setting
ALLOWED_HOSTS = ["*"]
# ok: python-django-setting
CORS_ALLOW_ALL_ORIGINS = False
INSTALLED_APPS = ["shop"]
# ok: python-django-debug
DEBUG = os.environ.get("DEBUG") == "1"
